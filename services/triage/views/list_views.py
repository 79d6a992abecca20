"""Lists the views that a person sees, and counts what they find."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.triage.lists.filters import Wanted
from services.triage.lists.search_tickets import Count, count_matches
from services.triage.search.parse import BadQuery
from services.triage.views.view import COLUMNS, RANK, VISIBLE
from shared.auth.principal import Principal

# One's own, then the teams', then everybody's, each in their order.
_LIST = text(f"""
    select {COLUMNS}, {RANK} as rank from triage.views v
    where {VISIBLE} and ({RANK}, v.position, v.id) > (:rank, :position, cast(:id as uuid))
    order by {RANK}, v.position, v.id limit :limit
""")
_ONE = text(f"select {COLUMNS}, {RANK} as rank from triage.views v where id = :id and {VISIBLE}")
_NONE = UUID(int=0)

Key = tuple[int, int, UUID]


def list_views(
    connection: Connection, person: Principal, teams: Sequence[str], limit: int, after: Key | None = None
) -> Sequence[Row[Any]]:
    """Up to `limit` + 1 views that the person, who reads `teams`, sees, from behind the one with the key `after`."""
    rank, position, identity = after or (-1, 0, _NONE)
    values = {"person": person.id, "teams": list(teams), "limit": limit + 1}
    return connection.execute(_LIST, values | {"rank": rank, "position": position, "id": identity}).all()


def find_view(connection: Connection, view: UUID, person: Principal, teams: Sequence[str]) -> Row[Any] | None:
    """The view, if the person sees it."""
    return connection.execute(_ONE, {"id": view, "person": person.id, "teams": list(teams)}).one_or_none()


def count_view(connection: Connection, query: str, person: Principal, teams: Sequence[str]) -> Count:
    """How many tickets of `teams` the view finds for this person. A view of a colleague who is gone finds none."""
    try:
        return count_matches(connection, query, Wanted(teams), person)
    except BadQuery:
        return Count(0, exact=False)


def as_item(connection: Connection, view: Row[Any], person: Principal, teams: Sequence[str]) -> dict[str, Any]:
    """The contract's view."""
    count = count_view(connection, view.query, person, teams)
    return {
        "id": view.id,
        "name": view.name,
        "query": view.query,
        "sort": view.sort,
        "shared_with": view.shared_with,
        **({"team": view.team} if view.team else {}),
        "count": {"value": count.value, "exact": count.exact},
    }
