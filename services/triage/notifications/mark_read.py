"""Marks a person's notifications as read."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, text

_MARK = "update triage.notifications set read_at = clock_timestamp() where account = :account and read_at is null"
_THESE = text(f"{_MARK} and id = any(:ids)")
_ALL = text(_MARK)
_OF_TICKET = text(f"{_MARK} and ticket = :ticket")


def mark_read(connection: Connection, account: UUID, ids: Sequence[int] | None) -> None:
    """Mark these as read; None: all. An id that is unknown, another's or marked already changes nothing."""
    if ids is None:
        connection.execute(_ALL, {"account": account})
    else:
        connection.execute(_THESE, {"account": account, "ids": list(ids)})


def mark_ticket_read(connection: Connection, account: UUID, reference: str) -> None:
    """Mark what the person was told of this ticket as read: they are looking at it."""
    connection.execute(_OF_TICKET, {"account": account, "ticket": reference})
