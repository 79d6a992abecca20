"""Reads the tickets that a person selected for merging."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from shared.auth.principal import Principal
from shared.errors import Conflict, NotFound
from shared.mail.addresses import folded_address

MOST_AT_ONCE = 50
TOO_FEW = "Choose at least two tickets to merge."
DIFFERENT_PEOPLE = "The tickets are of different people. Link them instead, on the page of one of them."
TOO_MANY = f"At most {MOST_AT_ONCE} tickets are merged at once."

_READ = text("""
    select reference, team, category, subject, state, email, created_at from triage.tickets
    where reference = any(:references) order by created_at, sequence
""")


@dataclass(frozen=True)
class Selection:
    """Tickets of one requester. `oldest`: the one that survives, `others`: those that are merged into it, the oldest first."""

    oldest: Row[Any]
    others: Sequence[Row[Any]]


def read_selection(connection: Connection, references: Sequence[str], person: Principal) -> Selection:
    """The selected tickets.

    Raises NotFound for an unknown ticket, Forbidden for one that the person may not change, Conflict for less than two, too many, and
    tickets of different people.
    """
    wanted = list(dict.fromkeys(references))
    if len(wanted) > MOST_AT_ONCE:
        raise Conflict(TOO_MANY)
    rows = connection.execute(_READ, {"references": wanted}).all()
    if unknown := set(wanted) - {row.reference for row in rows}:
        raise NotFound(f"There is no ticket {min(unknown)}.")
    for row in rows:
        person.require_write(row.team)
    if len(rows) < 2:
        raise Conflict(TOO_FEW)
    if len({folded_address(row.email) for row in rows}) > 1:
        raise Conflict(DIFFERENT_PEOPLE)
    return Selection(rows[0], rows[1:])
