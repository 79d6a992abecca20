"""Routes submitted tickets into their teams' queues."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from services.triage.routing.decide_route import Route, decide_route, submitted_at
from services.triage.rulesets.stored import NumberedRuleset
from services.triage.tickets.linked_tickets import link_tickets
from shared.events.contracts import RecordedEvent, ticket_routed
from shared.events.log import batch_document
from shared.submission_fields import FIELD, NAMES, values_of_event

# Its time to answer begins when it is released.
_KEPT_OUT = {"state": "blocked", "respond_by": None}

# One statement for the whole batch. A reference that exists was routed before and gets neither row nor event a second time: events are
# recorded only for the rows that were inserted.
_COLUMNS = ", ".join(NAMES)
_COLUMN_TYPES = ", ".join(f"{name} text" for name in NAMES)

_ROUTE = text(f"""
    with incoming as (
        select * from jsonb_to_recordset(cast(:batch as jsonb)) as submission (
            position integer, reference text, team text, state text, priority text, tags text[], {_COLUMN_TYPES}, details jsonb,
            missing_evidence text[], key_number integer, correlation_id text, created_at timestamptz, respond_by timestamptz,
            ruleset integer, facts jsonb, decision jsonb, files jsonb, line jsonb)
    ), routed as (
        insert into triage.tickets (
            reference, team, state, priority, tags, {_COLUMNS}, details, missing_evidence, key_number,
            correlation_id, created_at, respond_by, ruleset, facts, decision)
        select reference, team, state, priority, tags, {_COLUMNS}, details, missing_evidence, key_number,
            correlation_id, created_at, respond_by, ruleset, facts, decision
        from incoming order by position
        on conflict (reference) do nothing
        returning reference
    ), files as (
        insert into triage.attachments (id, ticket, object, name, media_type, size, sha256, state)
        select file.id, routed.reference, file.object, file.name, file.media_type, file.size, file.sha256, file.state
        from routed join incoming using (reference)
        cross join lateral jsonb_to_recordset(incoming.files) as file (
            id uuid, object text, name text, media_type text, size bigint, sha256 text, state text)
        on conflict (id) do nothing
    ), lines as (
        insert into triage.timeline (ticket, kind, facts)
        select reference, 'routed', incoming.line from routed join incoming using (reference)
    ), pending as (
        insert into triage.search_pending (ticket) select reference from routed
    )
    select events.record(jsonb_agg(event order by position))
    from jsonb_array_elements(cast(:events as jsonb)) with ordinality as recorded (event, position)
    join routed on routed.reference = event ->> 'ticket'
""")


def route_tickets(connection: Connection, ruleset: NumberedRuleset, events: Sequence[RecordedEvent]) -> None:
    """Insert the tickets of TicketSubmitted events and record TicketRouted for each; those of blocked senders are kept out of the queues.
    Safe to repeat: known references are skipped."""
    first = {event.ticket: event for event in reversed(events)}
    rows, routed = [], []
    for position, event in enumerate(reversed(first.values())):
        route = decide_route(ruleset, event)
        outcome = _outcome(route)
        is_blocked = event.payload.get("blocked", False)
        rows.append(_row(position, event, route, {**outcome, **_KEPT_OUT} if is_blocked else outcome))
        told = {**outcome, "category": event.payload["category"], **({"blocked": True} if is_blocked else {})}
        routed.append(ticket_routed(str(event.ticket), event.correlation_id, told))
    connection.execute(_ROUTE, {"batch": json.dumps(rows), "events": batch_document(routed)})
    link_tickets(
        connection,
        [(str(one.ticket), one.payload["follows"], "continues") for one in events if one.payload.get("follows")],
    )


def _outcome(route: Route) -> dict[str, Any]:
    """The payload of TicketRouted."""
    return {
        "team": route.team,
        "state": route.state,
        "priority": route.priority,
        "tags": list(route.tags),
        "ruleset": route.ruleset,
        "respond_by": route.respond_by.isoformat() if route.respond_by else None,
        "placed_by": route.placed_by,
    }


def _row(position: int, event: RecordedEvent, route: Route, outcome: dict[str, Any]) -> dict[str, Any]:
    payload, personal = event.payload, event.personal
    values = values_of_event(payload, personal)
    return {
        **{name: outcome[name] for name in ("team", "state", "priority", "tags", "ruleset", "respond_by")},
        "position": position,
        "reference": event.ticket,
        **{name: value or ("" if FIELD[name].required else value) for name, value in values.items()},
        "details": personal.get("details") or {},
        "missing_evidence": payload.get("missing_evidence") or [],
        "key_number": payload.get("key_number") or 1,
        "correlation_id": event.correlation_id,
        "created_at": submitted_at(event).isoformat(),
        "facts": route.facts,
        "decision": route.decision,
        "files": attachment_rows(event),
        "line": {**outcome, "rules": route.decision["rules"], **_origin(event)},
    }


def _origin(event: RecordedEvent) -> dict[str, Any]:
    """For the timeline: the ticket that it continues, what is to be known of one that came by e-mail, and who opened it for a person."""
    codes = {name: event.payload[name] for name in ("follows", "source", "unsure") if event.payload.get(name)}
    words = {name: event.personal[name] for name in ("from", "quoted", "not_taken") if event.personal.get(name)}
    opened_by = {"opened_by": event.payload["by"]} if event.payload.get("by") else {}
    return {**codes, **words, **opened_by}


def attachment_rows(event: RecordedEvent) -> list[dict[str, Any]]:
    """The files of an event, with the names that requesters gave them."""
    names = event.personal.get("attachment_names") or {}
    return [{**file, "name": names.get(file["id"]) or "file"} for file in event.payload.get("attachments") or []]
