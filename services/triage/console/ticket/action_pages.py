"""What an agent does with a ticket: each post calls one use case; what it refuses is shown with everything typed still there."""

import re
from collections.abc import Callable, Mapping
from typing import cast
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from services.triage.actions.access import Hand
from services.triage.actions.add_note import note
from services.triage.actions.change_ticket import change_ticket
from services.triage.actions.disapprove import disapprove
from services.triage.actions.reopen import reopen
from services.triage.actions.reply import Then, reply
from services.triage.actions.request_information import request_information
from services.triage.actions.resolve import OUTCOMES, Outcome, resolve
from services.triage.actions.transfer import CAUSES, Cause, transfer
from services.triage.console.layout.form_input import choice, required_text, text_field
from services.triage.console.ticket.pages import show_ticket, to_ticket
from services.triage.current_deps import deps
from services.triage.tickets.lock import lock_ticket
from services.triage.tickets.read_ticket import team_of
from services.triage.tickets.timeline import Line, said
from shared.errors import Conflict, Unprocessable
from shared.http.authorisation import authorised, principal

_THEN: tuple[Then, ...] = ("wait", "resolve", "keep")
_PRIORITIES = ("low", "normal", "high", "urgent")


def add_actions(blueprint: Blueprint) -> None:
    """The routes below /tickets/<reference> that change it."""
    for path, view in _ROUTES.items():
        blueprint.add_url_rule(f"/tickets/<reference>/{path}", view_func=view, methods=["POST"])


@authorised("tickets.write", by="session")
def answer(reference: str) -> ResponseReturnValue:
    """Answer the requester."""

    def do(connection: Connection) -> None:
        if not sent_before(connection, reference, "replied"):
            reply(connection, reference, hand(), required_text("message"), cast(Then, choice("then", _THEN)))

    return deed(reference, "reply", "replied", do)


@authorised("tickets.write", by="session")
def write_note(reference: str) -> ResponseReturnValue:
    """Write down what only the team reads."""

    def do(connection: Connection) -> None:
        if not sent_before(connection, reference, "noted"):
            note(connection, reference, hand(), required_text("message"))

    return deed(reference, "note", "noted", do)


@authorised("tickets.write", by="session")
def ask(reference: str) -> ResponseReturnValue:
    """Ask the requester for evidence."""
    slots = request.form.getlist("evidence")

    def do(connection: Connection) -> None:
        if not slots:
            raise Unprocessable({"evidence": ["Tick what is needed."]})
        request_information(connection, reference, hand(), slots, text_field("message") or None, deps().catalog)

    return deed(reference, "evidence", "asked", do)


@authorised("tickets.write", by="session")
def say_no(reference: str) -> ResponseReturnValue:
    """Disapprove, with reasons."""
    codes = request.form.getlist("reasons")

    def do(connection: Connection) -> None:
        if not codes:
            raise Unprocessable({"reasons": ["Tick at least one reason."]})
        disapprove(connection, reference, hand(), codes, text_field("message") or None, deps().catalog)

    return deed(reference, "disapprove", "disapproved", do)


@authorised("tickets.write", by="session")
def hand_over(reference: str) -> ResponseReturnValue:
    """Transfer to another team."""
    team = request.form.get("team", "")
    came_from = []

    def do(connection: Connection) -> None:
        came_from.append(team_of(connection, reference, principal()))
        ruleset, cause = deps().rulesets.active(connection), cast(Cause, choice("cause", CAUSES))
        transfer(connection, reference, hand(), team, cause, required_text("reason"), ruleset, deps().settings.teams)

    answer = deed(reference, "transfer", "transferred", do)
    if answer.status_code == 303 and not principal().may_read(team):
        # Its page is closed to them from now on; the queue tells, and lets the draft go.
        return redirect(url_for("console.queue", team=came_from[0], done="transferred", ticket=reference), 303)
    return answer


@authorised("tickets.write", by="session")
def close(reference: str) -> ResponseReturnValue:
    """Resolve."""

    def do(connection: Connection) -> None:
        resolve(
            connection, reference, hand(), cast(Outcome, choice("outcome", OUTCOMES)), text_field("message") or None
        )

    return deed(reference, "resolve", "resolved", do)


@authorised("tickets.write", by="session")
def take_up(reference: str) -> ResponseReturnValue:
    """Reopen."""

    def do(connection: Connection) -> None:
        reopen(connection, reference, hand(), required_text("reason"), deps().rulesets.active(connection))

    return deed(reference, "reopen", "reopened", do)


@authorised("tickets.write", by="session")
def change(reference: str) -> ResponseReturnValue:
    """Set priority and tags."""

    def do(connection: Connection) -> None:
        tags = [tag for tag in (one.strip() for one in text_field("tags").split(",")) if tag]
        ruleset = deps().rulesets.active(connection)
        change_ticket(connection, reference, hand(), ruleset, choice("priority", _PRIORITIES), tags)

    return deed(reference, "change", "changed", do)


def deed(reference: str, panel: str, done: str, do: Callable[[Connection], None]) -> Response:
    """Do it and go back to the ticket; what is refused opens the panel again and says why."""
    try:
        with deps().engine.begin() as connection:
            do(connection)
    except Unprocessable as error:
        faults = [message for messages in error.errors.values() for message in messages]
        return show_ticket(reference, panel, faults, 422)
    except Conflict as error:
        return show_ticket(reference, panel, [error.detail], 409)
    return to_ticket(reference, done)


def sent_before(connection: Connection, reference: str, kind: str) -> bool:
    """Whether this very form came already: a second click, or Back and Send again. Raises NotFound, Forbidden."""
    ticket = lock_ticket(connection, reference)
    principal().require_write(ticket.team)
    since = request.form.get("line", "")
    if not re.fullmatch(r"\d{1,18}", since):
        return False
    return said(connection, reference, Line(kind, message=required_text("message")), int(since))


def hand() -> Hand:
    """Who writes, with the claim and version of the page that was looked at."""
    try:
        claim = UUID(request.form["claim"]) if request.form.get("claim") else None
        version = int(request.form["version"]) if request.form.get("version") else None
    except ValueError as error:
        raise Conflict("This claim has ended.") from error
    return Hand(principal(), claim, version)


_ROUTES: Mapping[str, Callable[[str], ResponseReturnValue]] = {
    "replies": answer,
    "notes": write_note,
    "information-requests": ask,
    "disapproval": say_no,
    "transfer": hand_over,
    "resolution": close,
    "reopening": take_up,
    "changes": change,
}
