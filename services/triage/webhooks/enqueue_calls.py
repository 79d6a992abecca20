"""Queue the calls of a team's webhooks for events; a sender makes them later."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from services.triage.tickets.rows import COLUMNS, as_item
from shared.events.contracts import RecordedEvent

# Our event types and the names that receivers know.
PUBLIC_NAMES = {
    "TicketRouted": "ticket.routed",
    "TicketUnblocked": "ticket.routed",
    "FollowUpReceived": "ticket.followed_up",
    "TicketTransferred": "ticket.transferred",
    "TicketResolved": "ticket.resolved",
    "TicketDisapproved": "ticket.resolved",
    "TicketAnswered": "ticket.resolved",
    "TicketMerged": "ticket.resolved",
}

_TICKETS = text(f"""
    select {COLUMNS} from triage.tickets t
    where t.reference = any(:references) and exists (select from triage.webhooks w where w.team = any(:teams))
""")

_ENQUEUE = text("""
    insert into triage.webhook_calls (webhook, team, ticket, number, event, event_id, body)
    select w.id, w.team, event.ticket,
           row_number() over (partition by w.id, event.ticket order by event.position) + (
               select count(*) from triage.webhook_calls c where c.webhook = w.id and c.ticket = event.ticket),
           event.event, event.event_id,
           jsonb_build_object('event', event.event, 'id', event.event_id, 'at', event.at, 'ticket', event.item)
    from jsonb_to_recordset(cast(:events as jsonb)) as event (
        position integer, event text, event_id uuid, ticket text, team text, at timestamptz, item jsonb)
    join triage.webhooks w on w.team = event.team
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
    asked = {"references": [row["ticket"] for row in rows], "teams": [row["team"] for row in rows]}
    items = {row.reference: as_item(row) for row in connection.execute(_TICKETS, asked)}
    known = [{**row, "item": items[row["ticket"]]} for row in rows if row["ticket"] in items]
    if known:
        connection.execute(_ENQUEUE, {"events": json.dumps(known, default=_as_json)})


def _as_json(value: object) -> str:
    """Times of the row as the API tells them."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} in a list row")
