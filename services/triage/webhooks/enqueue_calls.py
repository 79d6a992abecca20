"""Queue the calls of a team's webhooks for events; a sender makes them later."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, text

from services.triage.tickets.rows import COLUMNS
from shared.events.contracts import RecordedEvent

# Our event types and the names that receivers know.
PUBLIC_NAMES = {
    "TicketRouted": "ticket.routed",
    "FollowUpReceived": "ticket.followed_up",
    "TicketTransferred": "ticket.transferred",
    "TicketResolved": "ticket.resolved",
    "TicketDisapproved": "ticket.resolved",
    "TicketAnswered": "ticket.resolved",
}

# For a team without webhooks the join is empty and costs nothing.
_ENQUEUE = text(f"""
    insert into triage.webhook_calls (webhook, team, ticket, number, event, event_id, body)
    select w.id, w.team, t.reference,
           row_number() over (partition by w.id, t.reference order by event.position) + (
               select count(*) from triage.webhook_calls c where c.webhook = w.id and c.ticket = t.reference),
           event.event, event.event_id,
           jsonb_build_object(
               'event', event.event, 'id', event.event_id, 'at', event.at,
               'ticket', (
                   select to_jsonb(item) from (
                       select shown.reference, shown.subject, shown.category, shown.team, shown.state, shown.priority, shown.tags,
                              shown.locale, shown.created_at, shown.respond_by, shown.claimed_by
                       from (select {COLUMNS}) shown) item))
    from jsonb_to_recordset(cast(:events as jsonb)) as event (
        position integer, event text, event_id uuid, ticket text, team text, at timestamptz)
    join triage.webhooks w on w.team = event.team
    join triage.tickets t on t.reference = event.ticket
    order by event.position
    on conflict (webhook, event_id) do nothing
""")


def enqueue_calls(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Queue one call for each event and webhook of the team in the event's payload; events handled twice add nothing."""
    rows = [
        {
            "position": position,
            "event": PUBLIC_NAMES[event.type],
            "event_id": str(event.event_id),
            "ticket": event.ticket,
            "team": event.payload.get("team"),
            "at": event.occurred_at.isoformat(),
        }
        for position, event in enumerate(events)
        # An answer counts only if it resolved the ticket.
        if event.type != "TicketAnswered" or event.payload.get("state") == "resolved"
    ]
    connection.execute(_ENQUEUE, {"events": json.dumps(rows)})
