"""A POST route for each action; a refused form is shown again with its input and the reason."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate
from sqlalchemy import Connection

from services.triage.actions.access import Actor, NewerMessages
from services.triage.actions.action import Action, ActionBody
from services.triage.console.layout.form_input import choice, required_text, text_field
from services.triage.console.sending.send_form import send_form
from services.triage.console.ticket.own_files import KEPT, upload_sent_files
from services.triage.console.ticket.pages import show_ticket, to_ticket
from services.triage.console.ticket.panels import takes_files
from services.triage.current_deps import deps
from services.triage.tickets.lock import lock_ticket
from services.triage.tickets.read_ticket import find_team, team_of
from services.triage.tickets.timeline import Line, is_written
from shared.errors import Conflict, Unprocessable
from shared.http.authorisation import authorised, principal


def add_actions(blueprint: Blueprint, actions: Sequence[Action]) -> None:
    """The routes below /tickets/<reference> that change it, one for each of the actions."""
    for action in actions:
        view = authorised("tickets.write", by="session")(_view(action))
        blueprint.add_url_rule(f"/tickets/<reference>/{action.path}", f"act_{action.name}", view, methods=["POST"])


def _view(action: Action) -> Callable[[str], ResponseReturnValue]:
    def act(reference: str) -> ResponseReturnValue:
        team = _writable_team(reference)
        try:
            files = upload_sent_files() if takes_files(action) else ()
            with deps().engine.begin() as connection:
                is_repeated = action.drops_repeats and _is_repeated(connection, reference, action)
                done, shown = (action.kind, reference) if is_repeated else _run(connection, reference, action, files)
                is_readable = principal().may_read(find_team(connection, shown))
        except Unprocessable as error:
            return show_ticket(reference, action.name, error.errors, 422)
        except NewerMessages as error:
            return show_ticket(reference, action.name, {}, 409, [entry["id"] for entry in error.newer])
        except Conflict as error:
            return show_ticket(reference, action.name, {"": [error.detail]}, 409)
        if is_readable:
            return to_ticket(shown, done)
        # The queue shows the message and deletes the draft instead.
        return redirect(url_for("console.queue", team=team, done=done, ticket=reference), 303)

    return act


def _writable_team(reference: str) -> str:
    """The ticket's team. Raises NotFound, Forbidden, before files are uploaded."""
    with deps().engine.begin() as connection:
        team = team_of(connection, reference, principal())
    principal().require_write(team)
    return team


def _run(connection: Connection, reference: str, action: Action, files: Sequence[str]) -> tuple[str, str]:
    """Returns the code of the console's message, and the ticket to show afterwards."""
    actor = Actor.from_input(
        principal(),
        request.form.get("claim") or None,
        request.form.get("version"),
        request.form.get("seen") or None,
        source="console",
    )
    values = _read_form(action) | ({KEPT: files} if takes_files(action) else {})
    done = send_form(connection, reference, action, actor, values)
    return done, action.shows(values) if action.shows else reference


def _is_repeated(connection: Connection, reference: str, action: Action) -> bool:
    """Whether the same form was sent before, as by a second click. Raises NotFound, Forbidden, Unprocessable for no message."""
    ticket = lock_ticket(connection, reference)
    principal().require_write(ticket.team)
    last_line = request.form.get("line", "")
    if not re.fullmatch(r"\d{1,18}", last_line):
        return False
    return is_written(connection, reference, Line(action.kind, message=required_text("message")), after=int(last_line))


def _read_form(action: Action) -> dict[str, Any]:
    """The fields that its body adds to ActionBody, as the form has them. Raises Unprocessable for all that are wrong."""
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    named_otherwise = action.from_form(request.form)
    for name, field in action.body().fields.items():
        if name in ActionBody().fields:
            continue
        try:
            values[name] = named_otherwise.get(name) or _read_field(name, field)
        except Unprocessable as error:
            errors |= error.errors
    if errors:
        raise Unprocessable(errors)
    return values


def _read_field(name: str, field: "fields.Field[Any]") -> Any:
    """A list has its items in several fields of this name, or with commas between them. Raises Unprocessable."""
    if isinstance(field, fields.List):
        items = [item.strip() for value in request.form.getlist(name) for item in value.split(",") if item.strip()]
        if field.required and not items:
            raise Unprocessable({name: [str(field.error_messages["empty"])]})
        return items
    if isinstance(field, fields.Boolean):
        return name in request.form
    for validator in field.validators:
        if isinstance(validator, validate.OneOf):
            return choice(name, list(validator.choices))
    return required_text(name) if field.required else text_field(name) or None
