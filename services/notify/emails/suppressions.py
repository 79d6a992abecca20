"""The suppression list: addresses that get no e-mail since their server refused it, it bounced, or a person entered them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text
from uuid_utils.compat import uuid7

from shared.audit.record import Author, record_audit
from shared.errors import Conflict, Forbidden, NotFound, Unprocessable
from shared.mail.addresses import in_ascii, is_writable

_AMONG = text("select address, reason from notify.suppressions where address = any(cast(:addresses as text[]))")

_SUPPRESS = text("""
    insert into notify.suppressions (id, address, reason, source, email, added_by)
    values (:id, :address, :reason, :source, :email, :added_by)
    on conflict (address) do nothing
    returning id, address, reason, source, email, created_at
""")

# A suppression is visible to the teams that wrote to the address, and to the person who added it.
_VISIBLE = """
    (cast(:teams as text[]) is null or s.added_by is not distinct from cast(:reader as uuid) or exists (
        select from notify.emails e left join notify.threads t on t.ticket = e.ticket
        where lower(e.recipient) = s.address and coalesce(t.team, e.team) = any(cast(:teams as text[]))))
"""

_LIST = text(f"""
    select id, address, reason, source, email, created_at from notify.suppressions s
    where (cast(:before as uuid) is null or id < cast(:before as uuid)) and {_VISIBLE} order by id desc limit :most
""")

_FIND = text(f"select {_VISIBLE} as visible from notify.suppressions s where id = :id")

_LIFT = text("delete from notify.suppressions where id = :id")


@dataclass(frozen=True)
class Suppression:
    """A suppressed address; `email` is the one whose bounce or rejection caused it."""

    id: UUID
    address: str
    reason: str
    source: str
    email: UUID | None
    created_at: datetime


def suppressed_among(connection: Connection, addresses: Sequence[str]) -> Mapping[str, str]:
    """Those of the addresses that are suppressed, lower-cased, with the reasons."""
    rows = connection.execute(_AMONG, {"addresses": [address.lower() for address in addresses]})
    return {row.address: row.reason for row in rows}


@dataclass(frozen=True)
class Reader:
    """The person who reads the list, and the teams whose e-mails they see (None: all)."""

    id: UUID
    teams: Sequence[str] | None

    @property
    def values(self) -> dict[str, object]:
        """The statements' parameters."""
        return {"reader": self.id, "teams": None if self.teams is None else list(self.teams)}


def suppress(connection: Connection, address: str, reason: str, author: Author) -> Suppression:
    """Suppress an address for a person. Raises Unprocessable for what is no address, Conflict for a suppressed one."""
    canonical = in_ascii(address)
    if not is_writable(canonical, smtputf8=True):
        raise Unprocessable({"email": ["Not an e-mail address."]})
    values = {"id": uuid7(), "address": canonical.lower(), "reason": reason, "source": "person", "email": None}
    row = connection.execute(_SUPPRESS, {**values, "added_by": author.account}).first()
    if row is None:
        raise Conflict("The address is suppressed already.")
    record_audit(connection, author, "suppression.added", f"suppression/{row.id}")
    return Suppression(**row._mapping)


def list_suppressions(connection: Connection, reader: Reader, most: int, before: UUID | None) -> list[Suppression]:
    """The suppressions that the reader may see, newest first, from the one after `before`."""
    rows = connection.execute(_LIST, {**reader.values, "most": most, "before": before})
    return [Suppression(**row._mapping) for row in rows]


def lift(connection: Connection, reader: Reader, suppression: UUID, author: Author) -> None:
    """Remove a suppression. Raises NotFound, and Forbidden for an address that only other teams wrote to."""
    visible = connection.execute(_FIND, {**reader.values, "id": suppression}).scalar_one_or_none()
    if visible is None:
        raise NotFound("There is no such suppression.")
    if not visible:
        raise Forbidden("This belongs to another team.")
    connection.execute(_LIFT, {"id": suppression})
    record_audit(connection, author, "suppression.lifted", f"suppression/{suppression}")
