"""Reads what the requesters of tickets said."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

_NEWEST = text("""
    select distinct on (ticket) ticket, answer, comment, answered_at as at from triage.satisfaction
    where ticket = any(:references) and answer is not null order by ticket, entry desc
""")


def read_satisfaction(connection: Connection, references: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The answer to each ticket's newest resolution that has one, in the contract's shape, by reference."""
    rows = connection.execute(_NEWEST, {"references": list(references)})
    return {row.ticket: {"answer": row.answer, "comment": row.comment, "at": row.at} for row in rows}
