"""Accepts what requesters send later: messages, files, evidence."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from services.triage.blocking.unblock_ticket import release_blocked
from services.triage.owners.reservations import reserved_until
from services.triage.routing.decide_route import EVIDENCE_REFUSED
from services.triage.routing.restart_deadline import kept_or_restarted, restarted
from services.triage.routing.route_tickets import attachment_rows
from services.triage.rulesets.stored import NumberedRuleset
from services.triage.scheduled_messages.stop_message import stop_messages_of
from services.triage.tickets.lock import LockedTicket, Move, lock_tickets, move
from services.triage.tickets.merged import search_again, surviving_of
from services.triage.tickets.timeline import Line, append, has_event
from shared.auth.blocked_senders import blocked_among
from shared.errors import TransientError
from shared.events.contracts import Event, RecordedEvent, follow_up_received, ticket_state_changed
from shared.events.log import record

# Intake makes a new, linked ticket of a follow-up to a ticket resolved more than 14 days ago. One that arrives here in spite of that
# reopens the ticket with this tag.
LATE = "follow-up-late"

_STORE = text("""
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


def follow_up(
    connection: Connection, ruleset: NumberedRuleset, events: Sequence[RecordedEvent], reservation_minutes: float = 0
) -> None:
    """Store TicketFollowedUp events, each once; waiting, snoozed and resolved tickets open, held ones if their evidence is complete.

    What a blocked sender sends opens nothing.
    Raises TransientError for a ticket that is not routed yet.
    """
    recorded: list[Event] = []
    surviving = surviving_of(connection, [str(event.ticket) for event in events])
    for event in events:
        # Locked one by one: two events may be of one ticket, and the second must see the changes of the first.
        reference = str(event.ticket)
        into = surviving.get(reference)
        tickets = lock_tickets(connection, [reference, *([into] if into else [])])
        ticket = tickets.get(reference)
        if ticket is None:
            raise TransientError(f"{reference} is not routed yet")
        if ticket.merged_into != into:
            raise TransientError(f"{reference} was merged or separated at this moment")
        if not has_event(connection, reference, str(event.event_id)):
            present = tickets[into] if into else ticket
            recorded += _accept(connection, ruleset, ticket, present, event, reservation_minutes)
    record(connection, recorded)


def _accept(
    connection: Connection,
    ruleset: NumberedRuleset,
    ticket: LockedTicket,
    present: LockedTicket,
    event: RecordedEvent,
    reservation_minutes: float,
) -> list[Event]:
    """Add it to the ticket that it was sent to. `present`: the one that the matter is in, which opens; another one after a merge."""
    payload = event.payload
    is_blocked = bool(blocked_among(connection, [str(event.personal.get("from") or ticket.email)]))
    is_automatic = bool(payload.get("automatic"))
    # Nobody reads what a blocked sender sends as evidence.
    missing = None if is_blocked else payload.get("missing_evidence")
    missing = list(ticket.missing_evidence) if missing is None else list(missing)
    details: dict[str, Any] = event.personal.get("details") or {}
    is_merged = present is not ticket
    tags = (
        ticket.tags
        if is_automatic or is_blocked
        else _tags(ticket, bool(details.get("cannot_provide")), late=not is_merged)
    )
    _store(connection, event, details, missing, tags)
    line = _line(event, is_blocked)
    if is_automatic or is_blocked:
        # An automatic e-mail is never answered (RFC 3834), a blocked sender neither, so it does not open the ticket.
        append(connection, ticket.reference, line)
        return []
    if not is_merged:
        return _open(
            connection, ruleset, present, event, _opens_because(present, missing), tags, line, reservation_minutes
        )
    append(connection, ticket.reference, line)
    search_again(connection, present.reference)
    reason = _opens_because(present, present.missing_evidence)
    return _open(connection, ruleset, present, event, reason, _tags(present), None, reservation_minutes)


def _open(
    connection: Connection,
    ruleset: NumberedRuleset,
    ticket: LockedTicket,
    event: RecordedEvent,
    reason: str | None,
    tags: Sequence[str],
    line: Line | None,
    reservation_minutes: float,
) -> list[Event]:
    """Write `line`, and open the ticket if there is a `reason`."""
    lines = [line] if line else []
    stop_messages_of(connection, ticket.reference)
    if ticket.state == "blocked":
        return [release_blocked(connection, ruleset, ticket, *lines, Line("unblocked"))]
    outcome = {
        "team": ticket.team,
        "state": "open" if reason else ticket.state,
        "follow_up": event.payload.get("follow_up"),
    }
    received = follow_up_received(ticket.reference, event.correlation_id, outcome)
    if reason is None:
        append(connection, ticket.reference, *lines)
        return [received]
    due = (kept_or_restarted if ticket.state == "snoozed" else restarted)(ruleset.compiled, ticket)
    reserved = reserved_until(connection, ruleset.compiled, ticket, reservation_minutes, due)
    to = Move("open", reason, tags=tags, respond_by=due, reserved_until=reserved)
    move(connection, ticket, to, *lines, Line(reason, facts={"from": ticket.state}))
    state = {"state": "open", "team": ticket.team, "respond_by": due.isoformat() if due else None}
    return [received, ticket_state_changed(ticket.reference, event.correlation_id, state)]


def _store(
    connection: Connection, event: RecordedEvent, details: dict[str, Any], missing: list[str], tags: Sequence[str]
) -> None:
    values = {
        "reference": event.ticket,
        "files": json.dumps(attachment_rows(event)),
        "details": json.dumps(details),
        "missing": missing,
        "tags": list(tags),
    }
    connection.execute(_STORE, values)


def _line(event: RecordedEvent, is_blocked: bool) -> Line:
    """The timeline entry of the follow-up."""
    facts = {
        "event": str(event.event_id),
        "follow_up": event.payload.get("follow_up"),
        "attachments": [file["id"] for file in attachment_rows(event)],
        "filled": event.payload.get("filled") or [],
        **about_mail(event),
        **({"blocked": True} if is_blocked else {}),
    }
    return Line("followed_up", message=event.personal.get("message"), facts=facts, at=event.occurred_at)


def about_mail(event: RecordedEvent) -> dict[str, Any]:
    """For what came by e-mail: how, another sender's address, its quoted part, files that were not accepted."""
    codes = {name: event.payload[name] for name in ("source", "automatic", "unsure") if event.payload.get(name)}
    words = {name: event.personal[name] for name in ("from", "quoted", "not_taken") if event.personal.get(name)}
    return {**codes, **words}


def _opens_because(ticket: LockedTicket, missing: Sequence[str]) -> str | None:
    """The kind of the timeline entry if the ticket opens, None if its state stays."""
    if ticket.state == "held":
        return None if missing else "evidence_complete"
    return {"waiting": "answered_by_requester", "snoozed": "answered_by_requester", "resolved": "reopened"}.get(
        ticket.state
    )


def _tags(ticket: LockedTicket, refused: bool = False, late: bool = True) -> list[str]:
    more = [EVIDENCE_REFUSED] if refused else []
    if late and ticket.resolved_long_ago:
        more.append(LATE)
    return list(dict.fromkeys([*ticket.tags, *more]))
