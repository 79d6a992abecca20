"""Resolves a ticket with an outcome."""

from collections.abc import Mapping
from typing import Literal, get_args

from marshmallow import fields, validate
from sqlalchemy import Connection

from services.triage.actions.access import (
    UNFINISHED,
    Actor,
    event_payload,
    lock_for_action,
    personal_payload,
    require_state,
    state_changed,
)
from services.triage.actions.action import Action, ActionBody, Choice, message_field
from services.triage.tickets.lock import Move, move
from services.triage.tickets.timeline import Line
from shared.events.contracts import ticket_resolved
from shared.events.log import record

Outcome = Literal["solved", "not_solved", "spam", "duplicate"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
# In the order of the console's list.
TITLES: Mapping[Outcome, str] = {
    "solved": "Solved",
    "not_solved": "Not solved",
    "duplicate": "Duplicate of another ticket",
    "spam": "Spam",
}


def resolve(connection: Connection, reference: str, actor: Actor, outcome: Outcome, message: str | None) -> None:
    """Resolve the ticket; the requester gets an e-mail, with `message` if there is one.

    Raises what lock_for_action raises, Conflict for a finished ticket.
    """
    ticket = lock_for_action(connection, reference, actor)
    require_state(ticket, *UNFINISHED)
    line = Line("resolved", by=actor.principal.name, message=message, facts={"outcome": outcome})
    move(connection, ticket, Move("resolved", "resolved", answered=True), line)
    payload = event_payload(ticket, actor.principal, "resolved", outcome=outcome)
    record(
        connection,
        [
            ticket_resolved(reference, ticket.correlation_id, payload, personal_payload(ticket, message)),
            state_changed(ticket, "resolved"),
        ],
    )


class ResolutionBody(ActionBody):
    """How it ended."""

    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    message = message_field()


ACTION = Action(
    name="resolve",
    path="resolution",
    title="Resolve",
    key="s",
    summary="Resolve the ticket",
    body=ResolutionBody,
    run=lambda call: resolve(*call.target, **call.values),
    kind="resolved",
    words="resolved it",
    done="The ticket is resolved.",
    choices={"outcome": lambda *_: [Choice(outcome, title) for outcome, title in TITLES.items()]},
)
