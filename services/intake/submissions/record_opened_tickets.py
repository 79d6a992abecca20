"""Record the tickets that agents opened, so that their requesters have a page, follow-ups and links as for a submission of their own."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from shared.events.contracts import RecordedEvent
from shared.mail.addresses import folded_address
from shared.submission_fields import CODES, PERSONAL

_COLUMNS = ", ".join(CODES)
_COLUMN_TYPES = ", ".join(f"{name} text" for name in CODES)

_RECORD = text(f"""
    insert into intake.submissions (reference, submitted_at, correlation_id, {_COLUMNS}, catalog, address, personal, key_number,
                                    first_missing, missing_evidence)
    select reference, submitted_at, correlation_id, {_COLUMNS}, catalog, address, personal, key_number, missing, missing
    from jsonb_to_recordset(cast(:tickets as jsonb)) as ticket (
        reference text, submitted_at timestamptz, correlation_id text, {_COLUMN_TYPES}, catalog integer, address text, personal jsonb,
        key_number integer, missing text[])
    on conflict (reference) do nothing
""")


def record_opened_tickets(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Handle TicketOpened; the same event again changes nothing. Its address counts among earlier tickets from then on."""
    connection.execute(_RECORD, {"tickets": json.dumps([_row(event) for event in events])})


def _row(event: RecordedEvent) -> dict[str, Any]:
    payload, personal = event.payload, event.personal
    return {
        "reference": event.ticket,
        "submitted_at": payload["submitted_at"],
        "correlation_id": event.correlation_id,
        **{name: payload.get(name) for name in CODES},
        "catalog": payload["catalog"],
        "address": folded_address(str(personal["email"])),
        "personal": {**{name: personal.get(name) for name in (*PERSONAL, "details")}, "source": _source(payload)},
        "key_number": payload["key_number"],
        "missing": payload["missing_evidence"],
    }


def _source(payload: Mapping[str, Any]) -> str:
    """As the conversation tells it: what reached the agent by phone or otherwise was entered in the console."""
    return "email" if payload.get("source") == "email" else "console"
