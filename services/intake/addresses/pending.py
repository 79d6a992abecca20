"""The change of a ticket's address that waits to be confirmed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.intake.conversation.answered import Answered, answered_of
from shared.ticket_keys import KeyKind

_FIND = text("""
    select since.at as kept_since, c.id, c.personal ->> 'email' as email
    from (select min(at) as at from intake.answers_kept_since) as since
    left join intake.address_changes c on c.reference = :reference and c.key_number = :key_number and c.confirmed_at is null
        and c.expires_at > clock_timestamp()
""")
_ANSWERS = text("select event_id from intake.answers where reference = :reference limit 1")


@dataclass(frozen=True)
class AddressChange:
    """`email`: the new address."""

    id: UUID
    email: str


class Pending(NamedTuple):
    """The change, if there is one, and since when answers are kept."""

    change: AddressChange | None
    kept_since: datetime | None


def find_change(connection: Connection, row: Row[Any]) -> Pending:
    """The change of the ticket in a submission's row that can still be confirmed."""
    found = connection.execute(_FIND, {"reference": row.reference, "key_number": row.key_number}).one()
    return Pending(AddressChange(found.id, found.email) if found.id and found.email else None, found.kept_since)


def may_change(row: Row[Any], key: KeyKind, answered: Answered) -> bool:
    """Whether the holder of this key may change the address: with the receipt's only until the first answer, and until another ticket is
    merged into it, of which its page by the mailed key shows more than was sent under its own reference."""
    return row.status != "withdrawn" and (key == "mailed" or not (answered.possibly or row.has_merged))


def read_answered(connection: Connection, row: Row[Any]) -> Answered:
    """Whether the ticket of a locked row was answered."""
    answers = connection.execute(_ANSWERS, {"reference": row.reference}).all()
    return answered_of(row, answers, find_change(connection, row).kept_since)
