"""The tickets that a person owns; being away; giving them to a colleague."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.triage.console.layout.form_input import choice, text_field
from services.triage.console.layout.layout import now, show_tabs
from services.triage.console.layout.ticket_row import ticket_row
from services.triage.console.sending.shown import shown_to
from services.triage.console.ticket.pages import to_ticket
from services.triage.current_deps import deps
from services.triage.lists.open_tickets import list_claimed_by
from services.triage.lists.owned_tickets import MOST_OWNED, owned_mark, owned_tickets
from services.triage.owners.away import set_away
from services.triage.owners.colleagues import colleagues
from services.triage.owners.reassign_tickets import STEP, reassign_tickets
from services.triage.owners.set_owner import set_owner
from services.triage.tickets.read_ticket import find_team
from shared.errors import Unprocessable
from shared.http.authorisation import authorised, principal


def add_pages(blueprint: Blueprint) -> None:
    """The routes /yours, below it for reassignment, /away, and /tickets/<reference>/owner."""

    @blueprint.get("/yours")
    @authorised("tickets.read", by="session")
    def yours() -> ResponseReturnValue:
        return _show_yours([], 200)

    @blueprint.get("/yours/news")
    @authorised("tickets.read", by="session", counts_as_use=False)
    def yours_news() -> ResponseReturnValue:
        me = principal()
        with deps().engine.begin() as connection:
            return {"mark": owned_mark(connection, me.id, me.readable(deps().settings.teams))}

    @blueprint.post("/yours/reassignment")
    @authorised("tickets.write", by="session")
    def reassign() -> ResponseReturnValue:
        email = text_field("email") or None
        if email is None and choice("to", ("colleague", "nobody")) == "colleague":
            return _show_yours(["Write a colleague’s address, or choose the team’s queue."], 422)
        try:
            _reassign_all(email if request.form.get("to") != "nobody" else None)
        except Unprocessable as error:
            return _show_yours([message for messages in error.errors.values() for message in messages], 422)
        return redirect(url_for("console.yours", done="reassigned"), 303)

    @blueprint.post("/away")
    @authorised("tickets.read", by="session")
    def away() -> ResponseReturnValue:
        is_away = choice("away", ("yes", "no")) == "yes"
        with deps().engine.begin() as connection:
            set_away(connection, principal().id, is_away)
        return redirect(url_for("console.yours"), 303)

    @blueprint.post("/tickets/<reference>/owner")
    @authorised("tickets.write", by="session")
    def change_owner(reference: str) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            principal().require_read(find_team(connection, reference))
            set_owner(connection, reference, principal(), text_field("email") or None)
        return to_ticket(reference, "owner_changed")


def _show_yours(messages: list[str], status: int) -> ResponseReturnValue:
    me, moment, catalog = principal(), now(), deps().catalog
    teams = me.readable(deps().settings.teams)
    with deps().engine.begin() as connection:
        show_tabs(connection, me)
        rows = owned_tickets(connection, me.id, teams)
        claimed = list_claimed_by(connection, str(me.id), teams)
        messages_of_person = shown_to(connection, deps(), me, teams)
        mark = owned_mark(connection, me.id, teams)
        people = [one for one in colleagues(connection, teams) if one.email != me.email]
    html = render_template(
        "yours/yours.html",
        tickets=[ticket_row(row, catalog, moment) for row in rows[:MOST_OWNED]],
        claimed=[ticket_row(row, catalog, moment) for row in claimed],
        messages_of_person=messages_of_person,
        is_all=len(rows) <= MOST_OWNED,
        people=people,
        mark=mark,
        messages=messages,
        form=request.form,
        current_page="yours",
    )
    return html, status


def _reassign_all(email: str | None) -> None:
    """All of one's tickets, a step in each transaction. Raises Unprocessable; steps before it stay done."""
    me, count = principal(), STEP
    while count == STEP:
        with deps().engine.begin() as connection:
            count = reassign_tickets(connection, me.id, me, email, deps().settings.teams)
