"""A team's queue: what waits, most urgent first, and the one button that takes the next ticket."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from services.triage.claims.claim_next import claim_next
from services.triage.console.admin.setup_steps import is_tried, rules_seen, steps
from services.triage.console.layout.layout import now, show_tabs
from services.triage.console.layout.ticket_row import Listed, listed
from services.triage.console.queue.waiting_list import read_mine, read_waiting, watch_waiting
from services.triage.current_deps import deps
from services.triage.tickets.list_tickets import NEWEST, Wanted, list_tickets
from shared.auth.principal import Principal
from shared.errors import NotFound
from shared.http.authorisation import authorised, principal
from shared.http.paging import decode, encode

ROWS = 50
# A person reads, thinks and writes; when it runs out the page offers to extend it.
LEASE_SECONDS = 1800

# The views of a queue beside what waits for us; "claimed" is who works on what.
VIEWS = ("open", "claimed", "waiting", "held", "resolved")


@dataclass(frozen=True)
class QueuePage:
    """One page of a queue."""

    team: str
    view: str
    standing: dict[str, Any]
    mine: list[Listed]
    tickets: list[Listed]
    next_cursor: str | None
    first: bool


def add_queues(blueprint: Blueprint) -> None:
    """The routes /, /queues/<team> and what belongs to it."""

    @blueprint.get("/")
    @authorised("tickets.read", by="session")
    def start() -> ResponseReturnValue:
        teams = principal().readable(deps().settings.teams)
        if principal().may("people.write") and not _is_tried():
            return redirect(url_for("console.setting_up"), 303)
        return (
            redirect(url_for("console.queue", team=teams[0]), 303) if teams else render_template("layout/no_team.html")
        )

    @blueprint.get("/setting-up")
    @authorised("people.write", by="session")
    def setting_up() -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            show_tabs(connection, principal())
            seen_to = steps(connection, deps().settings.teams)
        return render_template("admin/setting_up.html", steps=seen_to, form_url=deps().settings.intake_url)

    @blueprint.post("/setting-up/rules")
    @authorised("people.write", by="session")
    def see_to_rules() -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            rules_seen(connection, principal().name)
        return redirect(url_for("console.setting_up"), 303)

    @blueprint.get("/queues/<team>")
    @authorised("tickets.read", by="session")
    def queue(team: str) -> ResponseReturnValue:
        require_team(team, principal())
        with deps().engine.begin() as connection:
            page = _read(connection, team, request.args.get("state", "open"), request.args.get("cursor"))
        return render_template("queue/queue.html", page=page, views=VIEWS)

    @blueprint.get("/queues/<team>/news")
    @authorised("tickets.read", by="session", counts_as_use=False)
    def queue_news(team: str) -> ResponseReturnValue:
        require_team(team, principal())
        with deps().engine.begin() as connection:
            references = watch_waiting(connection, team)
            standing = show_tabs(connection, principal())
        return {"references": references, "open": {name: one["open"] for name, one in standing.items()}}

    @blueprint.post("/queues/<team>/claim")
    @authorised("tickets.write", by="session")
    def take_next(team: str) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            claimed = claim_next(connection, team, principal(), 1, LEASE_SECONDS, deps().settings.teams)
        if not claimed:
            return redirect(url_for("console.queue", team=team, done="nothing"), 303)
        return redirect(url_for("console.ticket", reference=claimed[0].ticket["reference"]), 303)


def _is_tried() -> bool:
    with deps().engine.begin() as connection:
        return is_tried(connection)


def require_team(team: str, reader: Principal) -> None:
    """Raise NotFound for a team that does not exist and Forbidden for another's."""
    if team not in deps().settings.teams:
        raise NotFound("There is no such team.")
    reader.require_read(team)


def _read(connection: Connection, team: str, view: str, cursor: str | None) -> QueuePage:
    if view not in VIEWS:
        raise NotFound("There is no such list.")
    standing = show_tabs(connection, principal())
    moment = now()
    rows, behind = (
        read_waiting(connection, team, ROWS, cursor) if view == "open" else _newest(connection, team, view, cursor)
    )
    catalog = deps().catalog
    return QueuePage(
        team=team,
        view=view,
        standing=standing[team],
        mine=[listed(row, catalog, moment) for row in read_mine(connection, str(principal().id), [team])],
        tickets=[listed(row, catalog, moment) for row in rows],
        next_cursor=behind,
        first=cursor is None,
    )


def _newest(connection: Connection, team: str, view: str, cursor: str | None) -> tuple[Any, str | None]:
    key = decode(cursor, (int,))
    before = int(key[0]) if key else NEWEST
    rows = list_tickets(connection, Wanted([team], [view], before=before, limit=ROWS))
    shown = rows[:ROWS]
    return shown, encode((shown[-1].sequence,)) if len(rows) > ROWS else None
