"""What an agent does with a ticket: each post calls one use case; what it refuses is shown with everything typed still there."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from werkzeug.utils import redirect

from services.triage.console.desk import desk
from services.triage.console.ticket_pages import show_ticket, to_ticket
from services.triage.team_queue.change_ticket import change_ticket
from services.triage.team_queue.disapprove import disapprove
from services.triage.team_queue.note import note
from services.triage.team_queue.reopen import reopen
from services.triage.team_queue.reply import Then, reply
from services.triage.team_queue.request_information import request_information
from services.triage.team_queue.resolve import OUTCOMES, Outcome, resolve
from services.triage.team_queue.transfer import CAUSES, Cause, transfer
from services.triage.team_queue.writing import Hand
from shared.errors import Conflict, Unprocessable
from shared.web.bearer import authorised, principal

LONGEST_MESSAGE = 10_000
_THEN: tuple[Then, ...] = ("wait", "resolve", "keep")
_PRIORITIES = ("low", "normal", "high", "urgent")


def add_actions(blueprint: Blueprint) -> None:
    """The routes below /tickets/<reference> that change it."""
    for path, view in _ROUTES.items():
        blueprint.add_url_rule(f"/tickets/<reference>/{path}", view_func=view, methods=["POST"])


@authorised("tickets.write", by="session")
def answer(reference: str) -> ResponseReturnValue:
    """Answer the requester."""
    then = cast(Then, chosen("then", _THEN))
    return deed(reference, "reply", "replied", lambda c: reply(c, reference, hand(), written("message"), then))


@authorised("tickets.write", by="session")
def write_note(reference: str) -> ResponseReturnValue:
    """Write down what only the team reads."""
    return deed(reference, "note", "noted", lambda c: note(c, reference, hand(), written("message")))


@authorised("tickets.write", by="session")
def ask(reference: str) -> ResponseReturnValue:
    """Ask the requester for evidence."""
    slots = request.form.getlist("evidence")

    def do(connection: Connection) -> None:
        if not slots:
            raise Unprocessable({"evidence": ["Tick what is needed."]})
        request_information(connection, reference, hand(), slots, typed("message") or None, desk().catalog)

    return deed(reference, "evidence", "asked", do)


@authorised("tickets.write", by="session")
def say_no(reference: str) -> ResponseReturnValue:
    """Disapprove, with reasons."""
    codes = request.form.getlist("reasons")

    def do(connection: Connection) -> None:
        if not codes:
            raise Unprocessable({"reasons": ["Tick at least one reason."]})
        disapprove(connection, reference, hand(), codes, typed("message") or None, desk().catalog)

    return deed(reference, "disapprove", "disapproved", do)


@authorised("tickets.write", by="session")
def hand_over(reference: str) -> ResponseReturnValue:
    """Transfer to another team."""
    team = request.form.get("team", "")
    cause = cast(Cause, chosen("cause", CAUSES))

    def do(connection: Connection) -> None:
        ruleset = desk().rulesets.active(connection)
        transfer(connection, reference, hand(), team, cause, written("reason"), ruleset, desk().settings.teams)

    answer = deed(reference, "transfer", "transferred", do)
    if getattr(answer, "status_code", 0) == 303 and not principal().may_read(team):
        return redirect(url_for("console.start", done="transferred"), 303)
    return answer


@authorised("tickets.write", by="session")
def close(reference: str) -> ResponseReturnValue:
    """Resolve."""
    outcome = cast(Outcome, chosen("outcome", OUTCOMES))
    return deed(
        reference, "resolve", "resolved", lambda c: resolve(c, reference, hand(), outcome, typed("message") or None)
    )


@authorised("tickets.write", by="session")
def take_up(reference: str) -> ResponseReturnValue:
    """Reopen."""

    def do(connection: Connection) -> None:
        reopen(connection, reference, hand(), written("reason"), desk().rulesets.active(connection))

    return deed(reference, "reopen", "reopened", do)


@authorised("tickets.write", by="session")
def change(reference: str) -> ResponseReturnValue:
    """Set priority and tags."""
    priority = chosen("priority", _PRIORITIES)
    tags = [tag for tag in (one.strip() for one in typed("tags").split(",")) if tag]

    def do(connection: Connection) -> None:
        change_ticket(connection, reference, hand(), desk().rulesets.active(connection), priority, tags)

    return deed(reference, "change", "changed", do)


def deed(reference: str, panel: str, done: str, do: Callable[[Connection], None]) -> ResponseReturnValue:
    """Do it and go back to the ticket; what is refused opens the panel again and says why."""
    try:
        with desk().engine.begin() as connection:
            do(connection)
    except Unprocessable as error:
        faults = [message for messages in error.errors.values() for message in messages]
        return show_ticket(reference, panel, faults, 422)
    except Conflict as error:
        return show_ticket(reference, panel, [error.detail], 409)
    return to_ticket(reference, done)


def hand() -> Hand:
    """Who writes, with the claim and version of the page that was looked at."""
    try:
        claim = UUID(request.form["claim"]) if request.form.get("claim") else None
        version = int(request.form["version"]) if request.form.get("version") else None
    except ValueError as error:
        raise Conflict("This claim has ended.") from error
    return Hand(principal(), claim, version)


def typed(name: str) -> str:
    """What was typed, with the line ends that people see. Raises Unprocessable for too much of it."""
    text = request.form.get(name, "").replace("\r\n", "\n").replace("\x00", "").strip()
    if len(text) > LONGEST_MESSAGE:
        raise Unprocessable({name: [f"At most {LONGEST_MESSAGE:,} characters; these are {len(text):,}."]})
    return text


def written(name: str) -> str:
    """What had to be typed. Raises Unprocessable."""
    text = typed(name)
    if not text:
        raise Unprocessable({name: ["Write a few words first."]})
    return text


def chosen(name: str, offered: Sequence[str]) -> str:
    """One of what was offered; the first where nothing of it came."""
    value = request.form.get(name, offered[0])
    return value if value in offered else offered[0]


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
