"""Writes down the calls that a team's webhooks are owed for events; a sender makes them later."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, text

from services.triage.tickets.rows import COLUMNS
from shared.events.contracts import RecordedEvent

# What receivers know each event as.
NAMES = {
    "TicketRouted": "ticket.routed",
    "FollowUpReceived": "ticket.followed_up",
    "TicketTransferred": "ticket.transferred",
    "TicketResolved": "ticket.resolved",
    "TicketDisapproved": "ticket.resolved",
    "TicketAnswered": "ticket.resolved",
}

# Most teams have no webhook: then the join is empty and costs nothing.
_ENQUEUE = text(f"""
    insert into triage.webhook_calls (webhook, team, ticket, number, event, event_id, body)
    select w.id, w.team, t.reference,
           row_number() over (partition by w.id, t.reference order by happened.position) + (
               select count(*) from triage.webhook_calls c where c.webhook = w.id and c.ticket = t.reference),
           happened.event, happened.event_id,
           jsonb_build_object(
               'event', happened.event, 'id', happened.event_id, 'at', happened.at,
               'ticket', (
                   select to_jsonb(item) from (
                       select shown.reference, shown.subject, shown.category, shown.team, shown.state, shown.priority, shown.tags,
                              shown.locale, shown.created_at, shown.respond_by, shown.claimed_by
                       from (select {COLUMNS}) shown) item))
    from jsonb_to_recordset(cast(:events as jsonb)) as happened (
        position integer, event text, event_id uuid, ticket text, team text, at timestamptz)
    join triage.webhooks w on w.team = happened.team
    join triage.tickets t on t.reference = happened.ticket
    order by happened.position
    on conflict (webhook, event_id) do nothing
""")


def enqueue_calls(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """One call for each event and webhook of the team that the event's payload names, once."""
    happened = [
        {
            "position": position,
            "event": NAMES[event.type],
            "event_id": str(event.event_id),
            "ticket": event.ticket,
            "team": event.payload.get("team"),
            "at": event.occurred_at.isoformat(),
        }
        for position, event in enumerate(events)
        # An answer is told of when it is the last word.
        if event.type != "TicketAnswered" or event.payload.get("state") == "resolved"
    ]
    connection.execute(_ENQUEUE, {"events": json.dumps(happened)})
