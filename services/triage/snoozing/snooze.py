"""Snoozes a ticket: it leaves the queue until a time."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import marshmallow as ma
from marshmallow import fields
from sqlalchemy import Connection

from services.triage.actions.access import Actor, lock_for_action, require_state
from services.triage.actions.action import Action, ActionBody, ActionCall, Choice, Facts
from services.triage.rulesets.stored import NumberedRuleset
from services.triage.snoozing.snooze_time import CHOICES, snooze_time
from services.triage.tickets.lock import Move, move
from shared.events.contracts import ticket_changed
from shared.events.log import record

FROM_STATES = ("open", "claimed", "waiting")


def snooze(connection: Connection, reference: str, actor: Actor, ruleset: NumberedRuleset, until: str) -> None:
    """Take the ticket out of the queue until then; a claim ends, the deadline runs on. `until`: as in snooze_time.

    The requester does not hear of it: intake is not told. Raises what lock_for_action and snooze_time raise, Conflict unless the
    ticket is open, claimed or waiting.
    """
    ticket = lock_for_action(connection, reference, actor)
    ends = snooze_time(until, ticket.now, ruleset.compiled.document.timezone_of(ticket.team))
    require_state(ticket, *FROM_STATES)
    before = "open" if ticket.lease_ended else ticket.state
    to = Move("snoozed", "snoozed", respond_by=ticket.respond_by, snoozed_until=ends)
    move(connection, ticket, to, actor.line("snoozed", facts={"until": ends.isoformat(), "from": before}))
    payload = {"team": ticket.team, "by": actor.principal.name, "state": [before, "snoozed"]}
    record(connection, [ticket_changed(reference, ticket.correlation_id, payload)])


def _is_instant(value: str) -> None:
    """Raise ValidationError for anything but a time with its offset (RFC 3339)."""
    try:
        fields.AwareDateTime(format="iso").deserialize(value)
    except ma.ValidationError as error:
        raise ma.ValidationError("Not a time with its offset (RFC 3339).") from error


class SnoozeBody(ActionBody):
    """Until when."""

    until = fields.String(
        required=True,
        validate=_is_instant,
        metadata={"format": "date-time", "description": "In the future, at most a year ahead."},
    )


def _from_form(form: Mapping[str, str]) -> Mapping[str, str]:
    """A date and time, which is one where the team works, in place of a choice."""
    return {"until": form["until_at"]} if form.get("until_at") else {}


def _run(call: ActionCall) -> None:
    snooze(*call.target, call.rulesets.active(call.connection), **call.values)


def _choices(*_: Any) -> list[Choice]:
    return [Choice(value, title) for value, title in CHOICES.items()]


def _words(facts: Facts, _: Any) -> str:
    until = datetime.fromisoformat(str(facts["until"])).astimezone(UTC)
    return f"snoozed it until {until:%-d %B %Y, %H:%M} UTC"


ACTION = Action(
    name="snooze",
    path="snooze",
    title="Snooze",
    key="h",
    summary="Take the ticket out of the queue until a time",
    body=SnoozeBody,
    run=_run,
    kind="snoozed",
    words=_words,
    done="The ticket is snoozed.",
    offered_in=("open", "claimed", "waiting"),
    choices={"until": _choices},
    from_form=_from_form,
    puts=True,
)
