"""Addresses that get no e-mail any more: refused by their server, bounced, complained, or entered by a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text
from uuid_utils.compat import uuid7

from services.notify.emails.addresses import in_ascii, is_address
from shared.errors import Conflict, Forbidden, NotFound, Unprocessable

_AMONG = text("select address, reason from notify.suppressions where address = any(cast(:addresses as text[]))")

_SUPPRESS = text("""
    insert into notify.suppressions (id, address, reason, source, email, added_by)
    values (:id, :address, :reason, :source, :email, :added_by)
    on conflict (address) do nothing
    returning id, address, reason, source, email, created_at
""")

# An address is a team's business when mail of the team went to it, and somebody's when they put it there.
_SEEN = """
    (cast(:teams as text[]) is null or s.added_by is not distinct from cast(:reader as uuid) or exists (
        select from notify.emails e left join notify.threads t on t.ticket = e.ticket
        where lower(e.recipient) = s.address and coalesce(t.team, e.team) = any(cast(:teams as text[]))))
"""

_LIST = text(f"""
    select id, address, reason, source, email, created_at from notify.suppressions s
    where (cast(:before as uuid) is null or id < cast(:before as uuid)) and {_SEEN} order by id desc limit :most
""")

_FIND = text(f"select {_SEEN} as seen from notify.suppressions s where id = :id")

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


@dataclass(frozen=True)
class Onlooker:
    """Who looks at the list, and the teams whose mails they see (None: all, and those of none)."""

    id: UUID
    teams: Sequence[str] | None

    @property
    def values(self) -> dict[str, object]:
        """As the statements' parameters."""
        return {"reader": self.id, "teams": None if self.teams is None else list(self.teams)}


def suppress(connection: Connection, address: str, reason: str, added_by: UUID) -> Suppression:
    """A person puts an address on the list. Raises Unprocessable for what is no address, Conflict for one that is on it."""
    canonical = in_ascii(address)
    if not is_address(canonical):
        raise Unprocessable({"email": ["Not an e-mail address."]})
    values = {"id": uuid7(), "address": canonical.lower(), "reason": reason, "source": "person", "email": None}
    row = connection.execute(_SUPPRESS, {**values, "added_by": added_by}).first()
    if row is None:
        raise Conflict("The address is on the list already.")
    return Suppression(**row._mapping)


def list_suppressions(connection: Connection, onlooker: Onlooker, most: int, before: UUID | None) -> list[Suppression]:
    """Those that the onlooker may see, the newest first, from the one after `before`."""
    rows = connection.execute(_LIST, {**onlooker.values, "most": most, "before": before})
    return [Suppression(**row._mapping) for row in rows]


def lift(connection: Connection, onlooker: Onlooker, suppression: UUID) -> None:
    """Take an address off the list. Raises NotFound, and Forbidden for an address that only other teams wrote to."""
    seen = connection.execute(_FIND, {**onlooker.values, "id": suppression}).scalar_one_or_none()
    if seen is None:
        raise NotFound("There is no such suppression.")
    if not seen:
        raise Forbidden("This belongs to another team.")
    connection.execute(_LIFT, {"id": suppression})
