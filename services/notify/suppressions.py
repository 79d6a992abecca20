"""Addresses that get no e-mail any more: refused by their server, bounced, complained, or entered by a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text
from uuid_utils.compat import uuid7

from services.notify.addresses import in_ascii, is_address
from shared.errors import Conflict, NotFound, Unprocessable

_AMONG = text("select address, reason from notify.suppressions where address = any(cast(:addresses as text[]))")

_SUPPRESS = text("""
    insert into notify.suppressions (id, address, reason, source, email) values (:id, :address, :reason, :source, :email)
    on conflict (address) do nothing
    returning id, address, reason, source, email, created_at
""")

_LIST = text("""
    select id, address, reason, source, email, created_at from notify.suppressions
    where cast(:before as uuid) is null or id < cast(:before as uuid) order by id desc limit :most
""")

_LIFT = text("delete from notify.suppressions where id = :id")


@dataclass(frozen=True)
class Suppression:
    """An address on the list; `email` is the one whose bounce or refusal put it there."""

    id: UUID
    address: str
    reason: str
    source: str
    email: UUID | None
    created_at: datetime


def suppressed_among(connection: Connection, addresses: Sequence[str]) -> Mapping[str, str]:
    """Those of the addresses that are on the list, lower-cased, and why."""
    rows = connection.execute(_AMONG, {"addresses": [address.lower() for address in addresses]})
    return {row.address: row.reason for row in rows}


def suppress(connection: Connection, address: str, reason: str) -> Suppression:
    """A person puts an address on the list. Raises Unprocessable for what is no address, Conflict for one that is on it."""
    canonical = in_ascii(address)
    if not is_address(canonical):
        raise Unprocessable({"email": ["Not an e-mail address."]})
    values = {"id": uuid7(), "address": canonical.lower(), "reason": reason, "source": "person", "email": None}
    row = connection.execute(_SUPPRESS, values).first()
    if row is None:
        raise Conflict("The address is on the list already.")
    return Suppression(**row._mapping)


def list_suppressions(connection: Connection, most: int, before: UUID | None) -> list[Suppression]:
    """The newest first, from the one after `before`."""
    rows = connection.execute(_LIST, {"most": most, "before": before})
    return [Suppression(**row._mapping) for row in rows]


def lift(connection: Connection, suppression: UUID) -> None:
    """Take an address off the list. Raises NotFound."""
    if connection.execute(_LIFT, {"id": suppression}).rowcount == 0:
        raise NotFound("There is no such suppression.")
