"""Sends the form of an action: at once, in a few seconds, or at the time that its writer chose."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import request
from sqlalchemy import Connection

from services.triage.actions.access import Actor
from services.triage.actions.action import Action, ActionCall
from services.triage.console.layout.layout import now
from services.triage.current_deps import deps
from services.triage.rules.document.model import PRIORITIES
from services.triage.scheduled_messages.cancel_message import discard_draft
from services.triage.scheduled_messages.carry_out import Applied, carry_out
from services.triage.scheduled_messages.schedule_message import Plan, schedule_message
from services.triage.scheduled_messages.times import chosen_time
from services.triage.tickets.read_ticket import find_team
from shared.errors import Unprocessable

# Prefixes of the codes of the console's messages (`?done=`), before the action's kind.
SOON, LATER = "sending-", "scheduled-"


@dataclass(frozen=True)
class Options:
    """What a form that writes to the requester has beside the action's own fields."""

    applied: Applied
    at: datetime | None
    draft: UUID | None


def send_form(connection: Connection, reference: str, action: Action, actor: Actor, values: Mapping[str, Any]) -> str:
    """Returns the code of the console's message. Raises what the action raises, Unprocessable for a time that is none."""
    call = ActionCall(connection, reference, actor, values, deps().rulesets)
    if action.emails is None:
        action.run(call)
        return action.kind
    options = _options(connection, reference)
    if options.draft is not None:
        discard_draft(connection, options.draft, actor.principal)
    seconds = deps().settings.undo_send_seconds if action.emails(values) else 0
    if options.at is None and seconds <= 0:
        carry_out(action, call, options.applied)
        return action.kind
    schedule_message(action, call, options.applied, Plan(seconds, options.at, _line()))
    return (SOON if options.at is None else LATER) + action.kind


def _options(connection: Connection, reference: str) -> Options:
    form = request.form
    priority = form.get("set_priority") or None
    if priority is not None and priority not in PRIORITIES:
        raise Unprocessable({"set_priority": [f"Choose from: {', '.join(PRIORITIES)}."]})
    tags = [tag.strip() for tag in form.get("add_tags", "").split(",") if tag.strip()]
    applied = Applied(_id("saved_reply"), tags, priority)
    return Options(applied, _time(connection, reference), _id("draft"))


def _time(connection: Connection, reference: str) -> datetime | None:
    choice = request.form.get("later", "")
    if not choice:
        return None
    document = deps().rulesets.active(connection).compiled.document
    zone = ZoneInfo(document.timezone_of(find_team(connection, reference)))
    return chosen_time(choice, request.form.get("later_at", ""), now(), zone)


def _id(name: str) -> UUID | None:
    """A hidden field; one that is no id is left out, as an empty one is."""
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        return None


def _line() -> int | None:
    given = request.form.get("line", "")
    return int(given) if re.fullmatch(r"\d{1,18}", given) else None
