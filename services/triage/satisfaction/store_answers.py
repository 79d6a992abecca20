"""Stores what requesters answer about how their tickets were resolved."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from services.triage.satisfaction.resolutions import COLUMNS, RESOLUTIONS
from services.triage.tickets.lock import lock_tickets
from services.triage.tickets.timeline import Line, append
from shared.errors import TransientError
from shared.events.contracts import RecordedEvent

# The answer may be here before the news that the e-mail was sent, which may still be that it bounced.
_STORE = text(f"""
    with given as (
        select cast(:ticket as text) as ticket, cast(:resolution as uuid) as resolution
    ), resolutions as ({RESOLUTIONS}), stored as (
        insert into triage.satisfaction ({COLUMNS}, mailed, answer, comment, answered_at, answer_event)
        select {COLUMNS}, false, :answer, :comment, :at, :event from resolutions
        on conflict (resolution) do update
        set answer = excluded.answer, comment = excluded.comment, answered_at = excluded.answered_at,
            answer_event = excluded.answer_event
        where coalesce(satisfaction.answer_event, 0) < excluded.answer_event
          and (satisfaction.answer, satisfaction.comment) is distinct from (excluded.answer, excluded.comment)
        returning resolution
    )
    select (select count(*) from resolutions) as known, (select count(*) from stored) as stored
""")


def store_answers(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Store the answers of SatisfactionGiven events, and tell the timeline; for each resolution the newest counts.

    An answer that was stored before, or replaced since, changes nothing. Raises TransientError for a resolution that is not known here.
    """
    lock_tickets(connection, [str(event.ticket) for event in events])
    for event in sorted(events, key=lambda one: one.id):
        comment = event.personal.get("comment")
        values = {
            "ticket": event.ticket,
            "resolution": event.payload["resolution"],
            "answer": event.payload["answer"],
            "comment": comment,
            "at": event.occurred_at,
            "event": event.id,
        }
        done = connection.execute(_STORE, values).one()
        if not done.known:
            raise TransientError(f"the resolution of {event.ticket} is not known")
        if done.stored:
            facts = {"event": str(event.event_id), "answer": event.payload["answer"]}
            append(
                connection,
                str(event.ticket),
                Line("satisfaction_given", message=comment, facts=facts, at=event.occurred_at),
            )
