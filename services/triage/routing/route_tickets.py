"""Routes submitted notes: each becomes a ticket in its team's queue, once, however often it is asked for."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from services.triage.routing.ticket_row import Placement, place, submitted_at
from services.triage.rulesets.stored import NumberedRuleset
from shared.events.contracts import RecordedEvent, ticket_routed
from shared.events.log import batch_document

# One statement for the whole batch. A reference that is there already was routed before: neither row nor event a second time.
# The modifying parts run whether they are read or not; the events are recorded for what was placed only.
_ROUTE = text("""
    with incoming as (
        select * from jsonb_to_recordset(cast(:batch as jsonb)) as note (
            position integer, reference text, team text, state text, category text, priority text, tags text[], locale text,
            country text, platform text, subject text, message text, email text, name text, username text, details jsonb,
            missing_evidence text[], key_number integer, correlation_id text, created_at timestamptz, respond_by timestamptz,
            ruleset integer, facts jsonb, decision jsonb, files jsonb, line jsonb)
    ), placed as (
        insert into triage.tickets (
            reference, team, state, category, priority, tags, locale, country, platform, subject, message, email, name, username,
            details, missing_evidence, key_number, correlation_id, created_at, respond_by, ruleset, facts, decision)
        select reference, team, state, category, priority, tags, locale, country, platform, subject, message, email, name, username,
               details, missing_evidence, key_number, correlation_id, created_at, respond_by, ruleset, facts, decision
        from incoming order by position
        on conflict (reference) do nothing
        returning reference
    ), files as (
        insert into triage.attachments (id, ticket, object, name, media_type, size, sha256, state)
        select file.id, placed.reference, file.object, file.name, file.media_type, file.size, file.sha256, file.state
        from placed join incoming using (reference)
        cross join lateral jsonb_to_recordset(incoming.files) as file (
            id uuid, object text, name text, media_type text, size bigint, sha256 text, state text)
        on conflict (id) do nothing
    ), lines as (
        insert into triage.timeline (ticket, kind, facts)
        select reference, 'routed', incoming.line from placed join incoming using (reference)
    ), pending as (
        insert into triage.search_pending (ticket) select reference from placed
    )
    select events.record(jsonb_agg(event order by position))
    from jsonb_array_elements(cast(:events as jsonb)) with ordinality as recorded (event, position)
    join placed on placed.reference = event ->> 'ticket'
""")


def route_tickets(connection: Connection, ruleset: NumberedRuleset, events: Sequence[RecordedEvent]) -> None:
    """Place every note by `ruleset` in the caller's transaction and record TicketRouted for those that were new."""
    first = {event.ticket: event for event in reversed(events)}
    rows, routed = [], []
    for position, event in enumerate(reversed(first.values())):
        placement = place(ruleset, event)
        outcome = _outcome(placement)
        rows.append(_row(position, event, placement, outcome))
        routed.append(ticket_routed(str(event.ticket), event.correlation_id, outcome))
    connection.execute(_ROUTE, {"batch": json.dumps(rows), "events": batch_document(routed)})


def _outcome(placement: Placement) -> dict[str, Any]:
    """What others are told of the placement."""
    return {
        "team": placement.team,
        "state": placement.state,
        "priority": placement.priority,
        "tags": list(placement.tags),
        "ruleset": placement.ruleset,
        "respond_by": placement.respond_by.isoformat() if placement.respond_by else None,
        "placed_by": placement.placed_by,
    }


def _row(position: int, event: RecordedEvent, placement: Placement, outcome: dict[str, Any]) -> dict[str, Any]:
    payload, personal = event.payload, event.personal
    return {
        **{name: outcome[name] for name in ("team", "state", "priority", "tags", "ruleset", "respond_by")},
        "position": position,
        "reference": event.ticket,
        "category": payload["category"],
        "locale": payload.get("locale"),
        "country": payload.get("country"),
        "platform": payload.get("platform"),
        "subject": personal.get("subject"),
        "message": personal.get("message") or "",
        "email": personal.get("email") or "",
        "name": personal.get("name"),
        "username": personal.get("username"),
        "details": personal.get("details") or {},
        "missing_evidence": payload.get("missing_evidence") or [],
        "key_number": payload.get("key_number") or 1,
        "correlation_id": event.correlation_id,
        "created_at": submitted_at(event).isoformat(),
        "facts": placement.facts,
        "decision": placement.decision,
        "files": attachment_rows(event),
        "line": {**outcome, "rules": placement.decision["rules"], **_origin(event)},
    }


def _origin(event: RecordedEvent) -> dict[str, Any]:
    """Where a note that is no new matter, or came by mail, comes from."""
    codes = {name: event.payload[name] for name in ("follows", "source") if event.payload.get(name)}
    words = {name: event.personal[name] for name in ("from", "quoted", "not_taken") if event.personal.get(name)}
    return {**codes, **words}


def attachment_rows(event: RecordedEvent) -> list[dict[str, Any]]:
    """The files an event tells of, with the names that people gave them."""
    names = event.personal.get("attachment_names") or {}
    return [{**file, "name": names.get(file["id"]) or "file"} for file in event.payload.get("attachments") or []]
