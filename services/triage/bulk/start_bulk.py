"""Queues a bulk: one action on tickets that are named or found by a search."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.lists.matching_references import matching_references
from services.triage.owners.set_owner import find_owner
from services.triage.search.keys import Known
from services.triage.search.parse import ANYTHING
from services.triage.uploads.attach_uploads import reserve_uploads
from shared.auth.principal import Principal
from shared.errors import Conflict, Unprocessable

MOST_NAMED = 200
MOST_FOUND = 10_000
BOTH_OR_NEITHER = "Give references or a query, not both."

_START = text("""
    insert into triage.bulks (by_id, created_by, scopes, source, action, total)
    values (:by_id, :by, :scopes, :source, cast(:action as jsonb), :total) returning id
""")
# In the order of the references, in which every transaction locks tickets.
_TICKETS = text("""
    insert into triage.bulk_tickets (bulk, number, ticket)
    select :bulk, row_number() over (order by reference collate "C"), reference
    from unnest(cast(:references as text[])) as named (reference)
""")


@dataclass(frozen=True)
class Wanted:
    """The tickets of a bulk: references, or a query in `teams`. `expected`: how many the person believes there are; `known`: the
    teams and categories that a query may name."""

    references: Sequence[str] | None
    query: str | None
    teams: Sequence[str]
    expected: int | None = None
    known: Known = ANYTHING


def start_bulk(
    connection: Connection, by: Principal, wanted: Wanted, action: Mapping[str, Any], teams: Sequence[str], source: str
) -> UUID:
    """Queue the action (`kind`, and the fields of its body) on each of the tickets once. Returns the bulk's id. `teams`: all there are.

    Raises Unprocessable where both or neither of references and query are given, for too many tickets, and for an action that no ticket
    could take; Conflict where another number of tickets was expected.
    """
    if (wanted.references is None) == (wanted.query is None):
        raise Unprocessable({"references": [BOTH_OR_NEITHER], "query": [BOTH_OR_NEITHER]})
    references = _references(connection, by, wanted)
    if wanted.expected is not None and wanted.expected != len(references):
        raise Conflict(f"These are {len(references)} tickets now, not {wanted.expected}.")
    _check(connection, action, teams)
    values = {
        "by_id": by.id,
        "by": by.name,
        "scopes": None if by.scopes is None else sorted(by.scopes),
        "source": source,
        "action": json.dumps(dict(action)),
        "total": len(references),
    }
    bulk: UUID = connection.execute(_START, values).scalar_one()
    connection.execute(_TICKETS, {"bulk": bulk, "references": references})
    try:
        reserve_uploads(connection, by, action.get("attachments", ()), bulk)
    except Unprocessable as error:
        raise _of_action(error) from error
    return bulk


def _references(connection: Connection, by: Principal, wanted: Wanted) -> list[str]:
    if wanted.references is not None:
        if len(wanted.references) > MOST_NAMED:
            raise Unprocessable({"references": [f"At most {MOST_NAMED} tickets."]})
        return list(dict.fromkeys(wanted.references))
    return matching_references(connection, wanted.query or "", by, wanted.teams, MOST_FOUND, wanted.known)


def _check(connection: Connection, action: Mapping[str, Any], teams: Sequence[str]) -> None:
    """Raises Unprocessable for a team that there is none of, or an owner who may own nothing."""
    if action["kind"] == "transfer" and action["team"] not in teams:
        raise Unprocessable({"action.team": [f"Choose from: {', '.join(teams)}."]})
    if action["kind"] == "owner" and action["email"] is not None:
        try:
            find_owner(connection, action["email"])
        except Unprocessable as error:
            raise Unprocessable({"action.email": ["Not a person with an open account."]}) from error


def _of_action(error: Unprocessable) -> Unprocessable:
    return Unprocessable({f"action.{field}": messages for field, messages in error.errors.items()})
