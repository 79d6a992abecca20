"""Resolves a ticket with an outcome."""

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from marshmallow import fields, validate
from sqlalchemy import Connection

from services.triage.actions.access import (
    UNFINISHED,
    Actor,
    lock_for_action,
    require_state,
    state_changed,
)
from services.triage.actions.action import Action, ActionBody, Choice, attachments_field, message_field
from services.triage.actions.messages import OutgoingMessage
from services.triage.tickets.lock import Move, move
from shared.events.contracts import ticket_resolved

Outcome = Literal["solved", "not_solved", "spam", "duplicate"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
# In the order of the console's list.
TITLES: Mapping[Outcome, str] = {
    "solved": "Solved",
    "not_solved": "Not solved",
    "duplicate": "Duplicate of another ticket",
    "spam": "Spam",
}


def resolve(
    connection: Connection,
    reference: str,
    actor: Actor,
    outcome: Outcome,
    message: str | None,
    attachments: Sequence[str] = (),
) -> None:
    """Resolve the ticket; the requester gets an e-mail, with `message` if there is one.

    Raises what lock_for_action and attach_uploads raise, Conflict for a finished ticket.
    """
    ticket = lock_for_action(connection, reference, actor)
    require_state(ticket, *UNFINISHED)
    outgoing = OutgoingMessage(ticket, actor, message, attachments)
    to = Move("resolved", "resolved", answered=True)
    [entry] = move(connection, ticket, to, outgoing.line("resolved", {"outcome": outcome}))
    changes = [state_changed(ticket, "resolved")]
    outgoing.record(connection, ticket_resolved, entry, "resolved", changes, outcome=outcome)


class ResolutionBody(ActionBody):
    """How it ended."""

    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    message = message_field()
    attachments = attachments_field()


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
    offered_in=("claimed", "waiting", "held"),
)
