"""What a requester sends later: files, evidence, words. It never steps a ticket back, and always reaches somebody."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from services.triage.routing.deadline import restarted
from services.triage.routing.route_tickets import attachment_rows
from services.triage.routing.ticket_row import EVIDENCE_REFUSED
from services.triage.rulesets.stored import NumberedRuleset
from services.triage.tickets.lock import LockedTicket, Move, lock_tickets, move
from services.triage.tickets.timeline import Line, append, happened
from shared.errors import TransientError
from shared.events.contracts import Event, RecordedEvent, follow_up_received, ticket_state_changed
from shared.events.log import record

# A note to a ticket resolved longer ago is meant to become a new, linked one (intake sees to that); one that comes here all the
# same is not lost: it reopens the ticket under this tag.
LATE = "follow-up-late"

_GIVEN = text("""
    with files as (
        insert into triage.attachments (id, ticket, object, name, media_type, size, sha256, state)
        select file.id, :reference, file.object, file.name, file.media_type, file.size, file.sha256, file.state
        from jsonb_to_recordset(cast(:files as jsonb)) as file (
            id uuid, object text, name text, media_type text, size bigint, sha256 text, state text)
        on conflict (id) do nothing
    )
    update triage.tickets
    set details = details || cast(:details as jsonb), missing_evidence = :missing, tags = :tags
    where reference = :reference
""")


def follow_up(connection: Connection, ruleset: NumberedRuleset, events: Sequence[RecordedEvent]) -> None:
    """Take TicketFollowedUp events in, each once. Raises TransientError for a ticket that is not here yet."""
    recorded: list[Event] = []
    for event in events:
        # Locked one by one: a ticket may be there twice, and the second must see what the first did.
        ticket = lock_tickets(connection, [str(event.ticket)]).get(str(event.ticket))
        if ticket is None:
            raise TransientError(f"{event.ticket} is not here yet")
        if not happened(connection, ticket.reference, str(event.event_id)):
            recorded += _take_in(connection, ruleset, ticket, event)
    record(connection, recorded)


def _take_in(
    connection: Connection, ruleset: NumberedRuleset, ticket: LockedTicket, event: RecordedEvent
) -> list[Event]:
    payload, personal = event.payload, event.personal
    details: dict[str, Any] = personal.get("details") or {}
    missing = payload.get("missing_evidence")
    missing = list(ticket.missing_evidence) if missing is None else list(missing)
    files = attachment_rows(event)
    by_machine = bool(payload.get("automatic"))
    tags = ticket.tags if by_machine else _tags(ticket, bool(details.get("cannot_provide")))
    given = {"reference": ticket.reference, "files": json.dumps(files), "details": json.dumps(details)}
    connection.execute(_GIVEN, given | {"missing": missing, "tags": tags})
    said = _said(event, [file["id"] for file in files])
    if by_machine:
        # Shown and never answered (RFC 3834): it reopens nothing, and wakes nobody.
        append(connection, ticket.reference, said)
        return []
    back = _comes_back(ticket, missing)
    told = {"team": ticket.team, "state": "open" if back else ticket.state, "follow_up": payload.get("follow_up")}
    received = follow_up_received(ticket.reference, event.correlation_id, told)
    if back is None:
        append(connection, ticket.reference, said)
        return [received]
    due = restarted(ruleset.compiled, ticket)
    move(
        connection,
        ticket,
        Move("open", back, tags=tags, respond_by=due),
        said,
        Line(back, facts={"from": ticket.state}),
    )
    state = {"state": "open", "team": ticket.team, "respond_by": due.isoformat() if due else None}
    return [received, ticket_state_changed(ticket.reference, event.correlation_id, state)]


def _said(event: RecordedEvent, files: Sequence[Any]) -> Line:
    """The timeline's line of what the requester sent."""
    facts = {
        "event": str(event.event_id),
        "follow_up": event.payload.get("follow_up"),
        "attachments": list(files),
        "filled": event.payload.get("filled") or [],
        **about_mail(event),
    }
    return Line("followed_up", message=event.personal.get("message"), facts=facts, at=event.occurred_at)


def about_mail(event: RecordedEvent) -> dict[str, Any]:
    """What an agent should know of what came by mail: its way, a strange sender, what it repeats, files that were not taken."""
    codes = {name: event.payload[name] for name in ("source", "automatic") if event.payload.get(name)}
    words = {name: event.personal[name] for name in ("from", "quoted", "not_taken") if event.personal.get(name)}
    return {**codes, **words}


def _comes_back(ticket: LockedTicket, missing: Sequence[str]) -> str | None:
    """Why the ticket goes (back) to the queue; None when it stays where it is."""
    if ticket.state == "held":
        return None if missing else "evidence_complete"
    return {"waiting": "answered_by_requester", "resolved": "reopened"}.get(ticket.state)


def _tags(ticket: LockedTicket, refused: bool) -> list[str]:
    more = [EVIDENCE_REFUSED] if refused else []
    if ticket.resolved_long_ago:
        more.append(LATE)
    return list(dict.fromkeys([*ticket.tags, *more]))
