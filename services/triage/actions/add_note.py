"""Adds an internal note to a ticket."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.triage.actions.access import Actor, lock_for_action
from services.triage.actions.action import Action, ActionBody, attachments_field, message_field
from services.triage.lists.filters import STATES
from services.triage.tickets.timeline import append
from services.triage.uploads.attach_uploads import attach_uploads
from shared.events.contracts import ticket_noted
from shared.events.log import record


def add_note(
    connection: Connection, reference: str, actor: Actor, message: str, attachments: Sequence[str] = ()
) -> None:
    """Add an internal note, whatever the ticket's state, and whoever has claimed it.

    Raises what lock_for_action and attach_uploads raise.
    """
    ticket = lock_for_action(connection, reference, actor, needs_claim=False)
    [entry] = append(connection, reference, actor.line("noted", message))
    attach_uploads(connection, actor.principal, reference, entry, attachments, internal=True)
    payload = {"team": ticket.team, "by": actor.principal.name}
    record(connection, [ticket_noted(reference, ticket.correlation_id, payload)])


class NoteBody(ActionBody):
    """An internal note."""

    message = message_field(required=True)
    attachments = attachments_field()


ACTION = Action(
    name="note",
    path="notes",
    title="Internal note",
    key="i",
    summary="Write an internal note",
    body=NoteBody,
    run=lambda call: add_note(*call.target, **call.values),
    kind="noted",
    words="noted",
    done="Your internal note is saved.",
    offered_in=STATES,
    answers_with="entry",
    is_internal=True,
    drops_repeats=True,
)
