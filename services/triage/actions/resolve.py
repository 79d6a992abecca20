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
from services.triage.tickets.lock import LockedTicket, Move, move
from shared.auth.blocked_senders import block_sender as block
from shared.auth.blocked_senders import blocked_among, email_of
from shared.errors import Unprocessable
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
    block_sender: bool = False,
) -> None:
    """Resolve the ticket; the requester gets an e-mail, with `message` if there is one. `block_sender`: block the requester's address,
    too.

    Raises what lock_for_action and attach_uploads raise, Conflict for a finished ticket; where the sender is to be blocked, Forbidden for
    one who may not, and Unprocessable for another outcome than spam.
    """
    if block_sender and outcome != "spam":
        raise Unprocessable({"block_sender": ["Only with the outcome spam."]})
    ticket = lock_for_action(connection, reference, actor)
    require_state(ticket, *UNFINISHED)
    if block_sender:
        _block(connection, ticket, actor)
    outgoing = OutgoingMessage(ticket, actor, message, attachments)
    to = Move("resolved", "resolved", answered=True)
    [entry] = move(connection, ticket, to, outgoing.line("resolved", {"outcome": outcome}))
    changes = [state_changed(ticket, "resolved")]
    outgoing.record(connection, ticket_resolved, entry, "resolved", changes, outcome=outcome)


def _block(connection: Connection, ticket: LockedTicket, actor: Actor) -> None:
    """Block the requester's address; nothing where it is blocked already."""
    actor.principal.require("senders.write")
    if not blocked_among(connection, [ticket.email]):
        block(connection, email_of(ticket.email), f"Spam: {ticket.reference}", actor.principal.name)


class ResolutionBody(ActionBody):
    """How it ended."""

    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    message = message_field()
    attachments = attachments_field()
    block_sender = fields.Boolean(
        load_default=False,
        metadata={"description": "Block the requester's address, too; for leads, with the outcome spam."},
    )


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
    emails=lambda values: values["outcome"] != "spam",
    done="The ticket is resolved.",
    choices={"outcome": lambda *_: [Choice(outcome, title) for outcome, title in TITLES.items()]},
    offered_in=("claimed", "waiting", "held", "snoozed"),
)
