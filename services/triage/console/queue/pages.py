"""A team's queue, and claiming its next ticket."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from services.triage.claims.claim_next import claim_next
from services.triage.console.layout.layout import now, show_tabs
from services.triage.console.layout.ticket_row import TicketRow, ticket_row
from services.triage.console.search.kept_views import show_kept_views
from services.triage.current_deps import deps
from services.triage.first_steps import has_tickets
from services.triage.lists.filters import NEWEST, Wanted
from services.triage.lists.find_page import checked_key
from services.triage.lists.list_tickets import list_tickets
from services.triage.lists.open_tickets import list_claimed_by, open_references
from services.triage.lists.snoozed_tickets import snoozed_page
from services.triage.lists.sorted_tickets import key_of, sorted_tickets
from services.triage.tickets.teams import require_team
from shared.errors import NotFound
from shared.http.authorisation import authorised, principal
from shared.http.paging import decode, encode

ROWS = 50
# Long enough to read, think and write; the page offers to extend the claim.
LEASE_SECONDS = 1800

VIEWS = ("open", "claimed", "waiting", "held", "snoozed", "resolved", "blocked")


@dataclass(frozen=True)
class QueuePage:
    """A page of one view of a queue. `counts`: the queue's tickets by state."""

    team: str
    view: str
    counts: dict[str, Any]
    mine: list[TicketRow]
    tickets: list[TicketRow]
    next_cursor: str | None
    first: bool


def add_pages(blueprint: Blueprint) -> None:
    """The routes /, /queues/<team> and, below it, news and claim."""
    _add_start(blueprint)
    _add_queue(blueprint)


def _add_start(blueprint: Blueprint) -> None:
    @blueprint.get("/")
    @authorised("tickets.read", by="session")
    def start() -> ResponseReturnValue:
        teams = principal().readable(deps().settings.teams)
        if principal().may("people.write"):
            with deps().engine.begin() as connection:
                if not has_tickets(connection):
                    return redirect(url_for("console.setting_up"), 303)
        return (
            redirect(url_for("console.queue", team=teams[0]), 303) if teams else render_template("queue/no_team.html")
        )


def _add_queue(blueprint: Blueprint) -> None:
    @blueprint.get("/queues/<team>")
    @authorised("tickets.read", by="session")
    def queue(team: str) -> ResponseReturnValue:
        _require_readable(team)
        with deps().engine.begin() as connection:
            page = _read(connection, team, request.args.get("state", "open"), request.args.get("cursor"))
        return render_template("queue/queue.html", page=page, views=VIEWS)

    @blueprint.get("/queues/<team>/news")
    @authorised("tickets.read", by="session", counts_as_use=False)
    def queue_news(team: str) -> ResponseReturnValue:
        _require_readable(team)
        with deps().engine.begin() as connection:
            references = open_references(connection, team)
            counts = show_tabs(connection, principal())
        open_by_team = {name: one["open"] for name, one in counts.items()}
        return {"references": references, "open": open_by_team, "your_turn": g.your_turn}

    @blueprint.post("/queues/<team>/claim")
    @authorised("tickets.write", by="session")
    def claim_next_ticket(team: str) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            claimed = claim_next(connection, team, principal(), 1, LEASE_SECONDS, deps().settings.teams)
        if not claimed:
            return redirect(url_for("console.queue", team=team, done="nothing"), 303)
        return redirect(url_for("console.ticket", reference=claimed[0].ticket["reference"]), 303)


def _require_readable(team: str) -> None:
    """Raise NotFound for an unknown team, Forbidden for one that this person may not read."""
    require_team(team, deps().settings.teams)
    principal().require_read(team)


def _read(connection: Connection, team: str, view: str, cursor: str | None) -> QueuePage:
    if view not in VIEWS:
        raise NotFound("There is no such list.")
    counts = show_tabs(connection, principal())
    show_kept_views(connection, principal())
    if view == "open":
        wanted = Wanted([team], ["open"], limit=ROWS)
        rows = sorted_tickets(connection, wanted, "queue", checked_key(cursor, "queue"))
        next_cursor = encode(key_of(rows[ROWS - 1], "queue")) if len(rows) > ROWS else None
        rows = rows[:ROWS]
    elif view == "snoozed":
        rows, next_cursor = snoozed_page(connection, team, cursor, ROWS)
    else:
        rows, next_cursor = _page(list_tickets(connection, Wanted([team], [view], before=_before(cursor), limit=ROWS)))
    moment, catalog = now(), deps().catalog
    mine = list_claimed_by(connection, str(principal().id), [team])
    return QueuePage(
        team=team,
        view=view,
        counts=counts[team],
        mine=[ticket_row(row, catalog, moment) for row in mine],
        tickets=[ticket_row(row, catalog, moment) for row in rows],
        next_cursor=next_cursor,
        first=cursor is None,
    )


def _before(cursor: str | None) -> int:
    key = decode(cursor, (int,))
    return int(key[0]) if key else NEWEST


def _page(rows: Any) -> tuple[Any, str | None]:
    """The rows of this page and the cursor of the next; `rows` hold one more than fits, if there are more."""
    shown = rows[:ROWS]
    return shown, encode((shown[-1].sequence,)) if len(rows) > ROWS else None
