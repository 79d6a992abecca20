"""Access to a ticket by one of its two keys, which its requester holds."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from shared.errors import NotFound
from shared.ticket_keys import KeyKind, kind_of_key

NOT_FOUND = "There is no such ticket, or this is not its key."

# The contract: a message reopens a ticket that was resolved less than 14 days ago; later it makes a new one.
# Of a merged ticket the state is that of the one in which its matter continues.
_FIND = """
    select s.*, coalesce(present.status, s.status) as present_status,
           coalesce(present.status, s.status) = 'resolved'
               and coalesce(present.status_since, s.status_since) <= clock_timestamp() - interval '14 days' as resolved_long_ago,
           exists (select from intake.submissions other where other.merged_into = s.reference) as has_merged
    from intake.submissions s left join intake.submissions present on present.reference = s.merged_into
    where s.reference = :reference
"""
_READ = text(_FIND)
_LOCK = text(f"{_FIND} for update of s")


@dataclass(frozen=True)
class OpenedTicket:
    """A submission's row, and which of its keys opened it: only the mailed one shows what we wrote."""

    row: Row[Any]
    key: KeyKind


def lock_submission(connection: Connection, reference: str) -> Row[Any] | None:
    """The submission, locked, for a caller that needs no key; None when there is none."""
    return connection.execute(_LOCK, {"reference": reference}).one_or_none()


def is_closed(row: Row[Any]) -> bool:
    """Whether what is sent now belongs in a new ticket: this one was resolved long ago, or withdrawn."""
    return bool(row.resolved_long_ago) or "withdrawn" in (row.status, row.present_status)


def find_ticket(connection: Connection, secret: str, reference: str, key: str, lock: bool = False) -> OpenedTicket:
    """The submission that `key` opens, and which key that is. Raises NotFound, alike for a wrong key and an unknown reference."""
    row = connection.execute(_LOCK if lock else _READ, {"reference": reference}).one_or_none()
    # Always compare, so that the time it takes does not reveal which references exist.
    opens = kind_of_key(secret, reference, row.key_number if row else 1, key)
    if row is None or opens is None:
        raise NotFound(NOT_FOUND)
    return OpenedTicket(row, opens)
