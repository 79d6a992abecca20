"""Adds an internal note to a ticket."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.triage.actions.access import Actor, lock_for_action
from services.triage.actions.action import Action, ActionBody, Facts, TeamTitle, attachments_field, message_field
from services.triage.lists.filters import STATES
from services.triage.notifications.mentions import Mentions, find_mentions
from services.triage.notifications.notify_person import MENTION, notify_person
from services.triage.tickets.timeline import append
from services.triage.uploads.attach_uploads import attach_uploads
from shared.events.contracts import ticket_noted
from shared.events.log import record

NOTED = "noted"


def add_note(
    connection: Connection, reference: str, actor: Actor, message: str, attachments: Sequence[str] = ()
) -> None:
    """Add an internal note, whatever the ticket's state, and whoever has claimed it. People whom it mentions are notified.

    Raises what lock_for_action, find_mentions and attach_uploads raise.
    """
    ticket = lock_for_action(connection, reference, actor, needs_claim=False, or_merged=True)
    entry = append_note(connection, reference, ticket.team, actor, message)
    attach_uploads(connection, actor.principal, reference, entry, attachments, internal=True)
    payload = {"team": ticket.team, "by": actor.principal.name}
    record(connection, [ticket_noted(reference, ticket.correlation_id, payload)])


def append_note(connection: Connection, reference: str, team: str, actor: Actor, message: str) -> int:
    """Append the note to the ticket of this team, and notify those whom it mentions. Returns its entry.

    Raises what find_mentions raises.
    """
    mentions = find_mentions(connection, message, team, actor.principal)
    [entry] = append(connection, reference, actor.line("noted", message, _facts(mentions)))
    for person in mentions.readers:
        notify_person(connection, person.id, MENTION, reference, {"by": actor.principal.name, "entry": entry})
    return entry


def _facts(mentions: Mentions) -> dict[str, list[str]]:
    """Who was notified, and who could not be, for the note's timeline entry."""
    people = {
        "notified": [one.name for one in mentions.readers],
        "not_notified": [one.email for one in mentions.others],
    }
    return {name: found for name, found in people.items() if found}


def _words(facts: Facts, team_title: TeamTitle) -> str:
    """The timeline's sentence: whom the note notified, and whom it could not."""
    words = NOTED
    if facts.get("notified"):
        words += f" and notified {', '.join(facts['notified'])}"
    if facts.get("not_notified"):
        words += f". Not notified, as they may not read this ticket: {', '.join(facts['not_notified'])}"
    return words


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
    words=_words,
    done="Your internal note is saved.",
    offered_in=STATES,
    answers_with="entry",
    is_internal=True,
    drops_repeats=True,
)
