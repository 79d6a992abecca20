"""Moves a view up or down among those of its kind."""

from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.views.view import lock_view
from shared.auth.principal import Principal

# Positions are given anew, so that equal ones, as of a view that was shared later, do not stay.
_ORDER = text("""
    select id from triage.views
    where shared_with = :shared_with and team is not distinct from :team and (shared_with <> 'me' or owner = :owner)
    order by position, id limit 1000 for update
""")
_STORE = text("""
    update triage.views v set position = given.position
    from unnest(cast(:ids as uuid[])) with ordinality as given (id, position) where v.id = given.id
""")


def move_view(connection: Connection, view: UUID, person: Principal, to: Literal["up", "down"]) -> None:
    """Exchange the view with the one before or behind it, if there is one. Raises NotFound, Forbidden."""
    row = lock_view(connection, view, person)
    values = {"shared_with": row.shared_with, "team": row.team, "owner": row.owner}
    ids = list(connection.execute(_ORDER, values).scalars())
    at = ids.index(view)
    other = at + (1 if to == "down" else -1)
    if 0 <= other < len(ids):
        ids[at], ids[other] = ids[other], ids[at]
    connection.execute(_STORE, {"ids": ids})
