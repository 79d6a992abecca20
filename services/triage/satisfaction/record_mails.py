"""Records which e-mails that ask how a resolution was have been sent."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, text

from services.triage.satisfaction.resolutions import COLUMNS, RESOLUTIONS
from shared.events.contracts import RecordedEvent

_KINDS = ("reply", "resolution")
# The states in which an e-mail remains; a delayed one is told again.
_FINAL = ("sent", "bounced", "failed", "suppressed")

_RECORD = text(f"""
    with given as (
        select * from jsonb_to_recordset(cast(:mails as jsonb)) as m (ticket text, resolution uuid, mailed boolean)
    ), resolutions as ({RESOLUTIONS})
    insert into triage.satisfaction ({COLUMNS}, mailed)
    select {COLUMNS}, mailed from resolutions
    on conflict (resolution) do update set mailed = excluded.mailed where satisfaction.mailed <> excluded.mailed
""")


def record_mails(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Store the newest state of those e-mails of EmailStateChanged events that asked; the others change nothing, and cost no query."""
    mails: dict[str, dict[str, object]] = {}
    for event in events:
        payload = event.payload
        # Events of before its introduction have no cause.
        cause = payload.get("cause")
        is_final = payload["kind"] in _KINDS and payload["state"] in _FINAL
        if event.ticket and cause and is_final and not payload.get("participant"):
            mails[cause] = {
                "ticket": event.ticket,
                "resolution": cause,
                "mailed": payload["state"] == "sent",
            }
    if mails:
        connection.execute(_RECORD, {"mails": json.dumps(list(mails.values()))})
