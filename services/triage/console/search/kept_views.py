"""The bar of views that queues and searches show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import g
from sqlalchemy import Connection

from services.triage.console.layout.layout import team_title
from services.triage.current_deps import deps
from services.triage.views.list_views import list_views
from services.triage.views.view import SharedWith, may_change, may_share
from shared.auth.principal import Principal

# Of the bar and of the page of views; the API has them all.
MOST_SHOWN = 100


@dataclass(frozen=True)
class KeptView:
    """A view in the bar. `shared`: the choice of the form; `may_change`: whether the person may change it."""

    id: str
    name: str
    query: str
    sort: str
    shared: str
    shared_words: str
    may_change: bool


class Choice(NamedTuple):
    """With whom a view may be shared: the form's value, and how it is shown."""

    value: str
    words: str


def show_kept_views(connection: Connection, person: Principal) -> list[KeptView]:
    """Read the views that the person sees, for the bar."""
    teams = person.readable(deps().settings.teams)
    rows = list_views(connection, person, teams, MOST_SHOWN)[:MOST_SHOWN]
    views = [_kept_view(row, person) for row in rows]
    g.kept_views = views
    return views


def choices_of(person: Principal) -> list[Choice]:
    """With whom the person may share a view."""
    found = [Choice("me", "Only you")]
    found += [
        Choice(f"team:{team}", f"The {team_title(team)} team")
        for team in deps().settings.teams
        if may_share(person, "team", team)
    ]
    return [*found, Choice("all", "Everybody")] if may_share(person, "all", None) else found


def chosen(value: str) -> tuple[SharedWith, str | None]:
    """The form's value as a view has it; an unknown one as a team that does not exist."""
    if value in ("", "me"):
        return "me", None
    return ("all", None) if value == "all" else ("team", value.removeprefix("team:"))


def kept_views() -> Sequence[KeptView]:
    """Those that show_kept_views read for this page."""
    found: Sequence[KeptView] = g.get("kept_views", ())
    return found


def _kept_view(row: Any, person: Principal) -> KeptView:
    shared = f"team:{row.team}" if row.team else row.shared_with
    words = {"me": "Only you", "all": "Everybody"}.get(shared) or f"The {team_title(row.team)} team"
    return KeptView(str(row.id), row.name, row.query, row.sort, shared, words, may_change(person, row))
