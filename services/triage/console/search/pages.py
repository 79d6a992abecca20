"""Searching the tickets, and what is suggested while a search is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Connection

from services.triage.console.layout.layout import now, show_tabs
from services.triage.console.layout.ticket_row import TicketRow, ticket_row
from services.triage.console.search.kept_views import choices_of, show_kept_views
from services.triage.current_deps import deps
from services.triage.lists.filters import NEWEST, Wanted
from services.triage.lists.highlights import read_highlights
from services.triage.lists.search_tickets import Count, count_matches, search_sorted, search_tickets
from services.triage.lists.sorted_tickets import MOST_ORDERED, Sort
from services.triage.lists.suggested_tags import suggested_tags
from services.triage.owners.colleagues import colleagues
from services.triage.search.keys import KINDS
from services.triage.search.parse import BadQuery, parse_query
from services.triage.search.query import Query
from services.triage.search.suggest import MOST_SUGGESTIONS, suggest
from services.triage.views.view import LONGEST_QUERY
from shared.errors import Unprocessable
from shared.http.authorisation import authorised, principal
from shared.http.paging import decode, encode

ROWS = 50
SORTS: Mapping[Sort, str] = {
    "created": "Newest",
    "updated": "Last changed",
    "relevance": "Best match",
    "respond_by": "Answer due first",
}


@dataclass(frozen=True)
class Results:
    """A page of what a search finds. `highlights`: the first excerpt of each ticket, by reference."""

    tickets: list[TicketRow] = field(default_factory=list)
    highlights: Mapping[str, Markup] = field(default_factory=dict)
    next_cursor: str | None = None
    count: Count | None = None


def add_pages(blueprint: Blueprint) -> None:
    """The routes /search and /search/suggestions."""

    @blueprint.get("/search")
    @authorised("tickets.read", by="session")
    def search() -> ResponseReturnValue:
        return search_page({})

    @blueprint.get("/search/suggestions")
    @authorised("tickets.read", by="session", counts_as_use=False)
    def search_suggestions() -> ResponseReturnValue:
        found = suggest(request.args.get("text", "")[:LONGEST_QUERY].replace("\x00", ""), _values())
        items = [{"text": one.text, "finds": one.finds} for one in found.items[:MOST_SUGGESTIONS]]
        return {"start": found.start, "items": items}


def search_page(errors: Mapping[str, list[str]], form: Mapping[str, str] | None = None) -> ResponseReturnValue:
    """The search that the address, or a `form` for a view with `errors`, asks for."""
    given = request.args if form is None else form
    text = given.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    sort = cast("Sort", given.get("sort") if given.get("sort") in SORTS else "created")
    wrong: list[str] = []
    results, query = Results(), Query()
    with deps().engine.begin() as connection:
        show_tabs(connection, principal())
        show_kept_views(connection, principal())
        try:
            query = parse_query(text, deps().known)
            if not query.is_blank:
                results = _results(connection, query, sort, request.args.get("cursor") if form is None else None)
        except BadQuery as error:
            wrong = list(error.messages)
    page = render_template(
        "search/search.html",
        query=text,
        sort=sort,
        sorts=SORTS,
        wrong=wrong,
        results=results,
        highlights=results.highlights,
        most_ordered=MOST_ORDERED,
        kinds=KINDS,
        choices=choices_of(principal()),
        current_view=_view(given.get("view")),
        errors=errors,
        form=form or {},
        current_page="search",
    )
    return page, 422 if wrong or errors else 200


def _results(connection: Connection, query: Query, sort: Sort, cursor: str | None) -> Results:
    me = principal()
    wanted = Wanted(me.readable(deps().settings.teams), limit=ROWS)
    key = decode(cursor, (int,))
    at = int(key[0]) if key else None
    if at is not None and at < 0:
        raise Unprocessable({"cursor": ["Not a cursor of this list."]})
    if sort == "created":
        newest = Wanted(wanted.teams, before=NEWEST if at is None else at, limit=ROWS)
        rows = search_tickets(connection, query, newest, me)
        following = rows[ROWS - 1].sequence if len(rows) > ROWS else None
    else:
        rows = search_sorted(connection, query, wanted, sort, at or 0, me)
        following = (at or 0) + ROWS if len(rows) > ROWS else None
    shown = rows[:ROWS]
    highlights = read_highlights(connection, query, [row.reference for row in shown]) or {}
    return Results(
        [ticket_row(row, deps().catalog, now()) for row in shown],
        # Escaped but for its marks.
        {reference: Markup(found[0]) for reference, found in highlights.items() if found},  # noqa: S704
        encode((following,)) if following is not None else None,
        count_matches(connection, query, wanted, me) if at is None else None,
    )


def _values() -> Any:
    teams = principal().readable(deps().settings.teams)

    def tags(beginning: str) -> list[str]:
        with deps().engine.connect() as connection:
            return suggested_tags(connection, teams, beginning, MOST_SUGGESTIONS)

    def owners(beginning: str) -> list[str]:
        with deps().engine.connect() as connection:
            people = colleagues(connection, teams)
        return ["me", "nobody", *(one.email for one in people)]

    return {
        "tag": tags,
        "owner": owners,
        "team": lambda _: teams,
        "category": lambda _: sorted(deps().catalog.categories),
        "lang": lambda _: ("en", "sv"),
    }


def _view(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
