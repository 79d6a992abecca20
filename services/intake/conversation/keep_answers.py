"""Keep what agents write to requesters, for the page of the ticket."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from shared.events.contracts import RecordedEvent
from shared.mail.writer import first_name

KINDS: Mapping[str, str] = {
    "TicketAnswered": "reply",
    "EvidenceRequested": "information_request",
    "TicketDisapproved": "disapproval",
    "TicketResolved": "resolution",
}
# What the e-mail shows besides the message.
_CODES = ("reasons", "evidence", "outcome")
_OF_A_FILE = ("id", "object", "media_type", "size", "state")

# The foreign key waits for a change of address that is being confirmed, so that one of both finds the other.
_KEEP = text("""
    with lapsed as (
        delete from intake.address_changes
        where opened_by = 'receipt' and confirmed_at is null and reference = any(cast(:references as text[]))
    )
    insert into intake.answers (event_id, event, reference, entry, kind, at, codes, files, personal, source)
    select a.event_id, a.event, a.reference, a.entry, a.kind, a.at, a.codes, a.files, a.personal, a.source
    from jsonb_to_recordset(cast(:answers as jsonb)) as a (event_id uuid, event bigint, reference text, entry bigint, kind text,
        at timestamptz, codes jsonb, files jsonb, personal jsonb, source text)
    join intake.submissions s on s.reference = a.reference
    on conflict (event_id) do nothing
""")


def keep_answers(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Handle TicketAnswered, EvidenceRequested, TicketDisapproved and TicketResolved. A repeated event changes nothing.

    The first answer ends a change of address that was begun with the receipt's key.
    """
    answers = [_answer(event) for event in events]
    references = sorted({str(event.ticket) for event in events})
    connection.execute(_KEEP, {"answers": json.dumps(answers), "references": references})


def _answer(event: RecordedEvent) -> dict[str, Any]:
    payload, personal = event.payload, event.personal or {}
    return {
        "event_id": str(event.event_id),
        "event": event.id,
        "reference": event.ticket,
        "entry": payload.get("entry"),
        "kind": KINDS[event.type],
        "source": payload.get("source"),
        # The event of a message with files follows when they are checked.
        "at": payload.get("written_at") or event.occurred_at.isoformat(),
        "codes": {name: payload[name] for name in _CODES if payload.get(name)},
        "files": [{name: file.get(name) for name in _OF_A_FILE} for file in payload.get("attachments") or ()],
        "personal": {
            "message": str(personal.get("message") or "").strip(),
            # A service account has no name for people.
            "author": first_name(payload.get("by")) if payload.get("person") else None,
            "attachment_names": dict(personal.get("attachment_names") or {}),
        },
    }
