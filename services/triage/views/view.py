"""A view: its fields, who sees it, and who may change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.triage.lists.sorted_tickets import Sort
from services.triage.search.keys import Known
from services.triage.search.parse import BadQuery, parse_query
from shared.auth.principal import Principal
from shared.errors import Forbidden, NotFound, Unprocessable

SharedWith = Literal["me", "team", "all"]
SHARED_WITH: Sequence[SharedWith] = get_args(SharedWith)
SORTS: Sequence[Sort] = get_args(Sort)
LONGEST_NAME = 80
LONGEST_QUERY = 200

COLUMNS = "v.id, v.name, v.query, v.sort, v.shared_with, v.team, v.owner, v.position"
# A team's and everybody's are shown behind one's own.
RANK = "case v.shared_with when 'me' then 0 when 'team' then 1 else 2 end"
VISIBLE = """
    (v.shared_with = 'me' and v.owner = :person or v.shared_with = 'team' and v.team = any(:teams) or v.shared_with = 'all')
"""
_FIND = text(f"select {COLUMNS} from triage.views v where id = :id for update")


@dataclass(frozen=True)
class ViewFields:
    """What a person chooses of a view. `team` is the one that it is shared with, if it is shared with one."""

    name: str
    query: str
    sort: Sort = "created"
    shared_with: SharedWith = "me"
    team: str | None = None


def checked(fields: ViewFields, person: Principal, known: Known) -> ViewFields:
    """The fields as they are stored. Raises Unprocessable, naming each wrong field, and Forbidden for a view that the person may not share
    with these."""
    errors: dict[str, list[str]] = {}
    name = " ".join(fields.name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        errors["name"] = [f"A name of 1 to {LONGEST_NAME} characters."]
    try:
        if parse_query(fields.query, known).is_blank:
            errors["query"] = ["Enter what to search for."]
    except BadQuery as error:
        errors["query"] = list(error.messages)
    if fields.shared_with == "team" and fields.team not in (known.teams or ()):
        errors["team"] = ["Name the team that the view is shared with."]
    elif fields.shared_with != "team" and fields.team is not None:
        errors["team"] = ["Only a view that is shared with a team has one."]
    if errors:
        raise Unprocessable(errors)
    require_sharing(person, fields.shared_with, fields.team)
    return ViewFields(name, fields.query.strip(), fields.sort, fields.shared_with, fields.team)


def may_share(person: Principal, shared_with: str, team: str | None) -> bool:
    """Whether the person makes and changes views of this kind: a team's its leads, everybody's the admins."""
    if shared_with == "team" and team is not None:
        return person.may_take_over(team)
    return shared_with == "me" or person.may("people.write")


def require_sharing(person: Principal, shared_with: str, team: str | None) -> None:
    """Raise Forbidden where may_share is false."""
    if not may_share(person, shared_with, team):
        raise Forbidden(
            "Only its leads share views with a team." if shared_with == "team" else "Only admins share views with all."
        )


def may_change(person: Principal, view: Any) -> bool:
    """Whether the person may change the view: one's own oneself, the others who may share like that."""
    if view.shared_with == "me":
        return bool(view.owner == person.id)
    return may_share(person, view.shared_with, view.team)


def lock_view(connection: Connection, view: UUID, person: Principal) -> Row[Any]:
    """The row of a view that the person may change, locked. Raises NotFound, Forbidden."""
    row = connection.execute(_FIND, {"id": view}).one_or_none()
    if row is None:
        raise NotFound("There is no such view.")
    if not may_change(person, row):
        raise Forbidden("This view is changed by its owner, a team’s by its leads, everybody’s by admins.")
    return row
