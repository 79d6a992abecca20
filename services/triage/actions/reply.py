"""Replies to the requester."""

from collections.abc import Sequence
from typing import Literal, get_args

from marshmallow import fields, validate
from sqlalchemy import Connection, text

from services.triage.actions.access import (
    UNFINISHED,
    Actor,
    lock_for_action,
    require_state,
    state_changed,
)
from services.triage.actions.action import Action, ActionBody, attachments_field, message_field
from services.triage.actions.messages import OutgoingMessage
from services.triage.tickets.lock import Move, move
from services.triage.tickets.timeline import append
from shared.events.contracts import ticket_answered

Then = Literal["wait", "resolve", "keep"]
THEN: tuple[Then, ...] = get_args(Then)
STATE_AFTER = {"wait": "waiting", "resolve": "resolved"}

_ANSWERED = text("""
    update triage.tickets
    set answered_at = coalesce(answered_at, clock_timestamp()), owner = coalesce(cast(:owner as uuid), owner)
    where reference = :reference
""")


def reply(
    connection: Connection, reference: str, actor: Actor, message: str, then: Then, attachments: Sequence[str] = ()
) -> None:
    """Send `message`; afterwards the ticket waits for the requester, is resolved, or keeps its state and claim.

    Raises what lock_for_action and attach_uploads raise, Conflict for a finished ticket.
    """
    ticket = lock_for_action(connection, reference, actor)
    require_state(ticket, *UNFINISHED)
    outgoing = OutgoingMessage(ticket, actor, message, attachments)
    line = outgoing.line("replied", {"then": then})
    state = STATE_AFTER.get(then, ticket.state)
    if then == "keep":
        [entry] = append(connection, reference, line)
        connection.execute(_ANSWERED, {"reference": reference, "owner": outgoing.owner})
        outgoing.record(connection, ticket_answered, entry, state, then=then)
        return
    [entry] = move(connection, ticket, Move(state, "replied", answered=True, owner=outgoing.owner), line)
    outgoing.record(connection, ticket_answered, entry, state, [state_changed(ticket, state)], then=then)


class ReplyBody(ActionBody):
    """A reply, and what becomes of the ticket then."""

    message = message_field(required=True)
    then = fields.String(load_default="wait", validate=validate.OneOf(THEN))
    attachments = attachments_field()


ACTION = Action(
    name="reply",
    path="replies",
    title="Reply",
    key="r",
    summary="Answer the requester; the ticket then waits, is resolved, or stays",
    body=ReplyBody,
    run=lambda call: reply(*call.target, **call.values),
    kind="replied",
    words="answered",
    emails=lambda _: True,
    done="Your reply is being sent.",
    answers_with="entry",
    drops_repeats=True,
    offered_in=("claimed", "waiting", "held", "snoozed"),
)
