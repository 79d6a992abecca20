"""Searching the tickets of one's own teams."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.triage.console.layout.layout import now, show_tabs
from services.triage.console.layout.ticket_row import listed
from services.triage.current_deps import deps
from services.triage.tickets.list_tickets import NEWEST, Wanted
from services.triage.tickets.search_tickets import search_tickets
from shared.http.authorisation import authorised, principal
from shared.http.paging import decode, encode

ROWS = 50


def add_search(blueprint: Blueprint) -> None:
    """The route /search."""

    @blueprint.get("/search")
    @authorised("tickets.read", by="session")
    def search() -> ResponseReturnValue:
        query = request.args.get("q", "").replace("\x00", "").strip()[:200]
        key = decode(request.args.get("cursor"), (int,))
        wanted = Wanted(principal().readable(deps().settings.teams), before=int(key[0]) if key else NEWEST, limit=ROWS)
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            rows = search_tickets(connection, query, wanted) if query else []
        shown = [listed(row, deps().catalog, now()) for row in rows[:ROWS]]
        behind = encode((rows[ROWS - 1].sequence,)) if len(rows) > ROWS else None
        return render_template("queue/search.html", query=query, tickets=shown, next_cursor=behind, place="search")
