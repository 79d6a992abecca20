"""Stores the results of file checks."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from shared.errors import TransientError
from shared.events.contracts import RecordedEvent

# A quarantined file stays so, even if a late event has another state. Only results that need attention get a timeline entry.
_CHECK = text("""
    with checked as (
        update triage.attachments file set state = result.state, remark = result.remark
        from jsonb_to_recordset(cast(:results as jsonb)) as result (id uuid, state text, remark text)
        where file.id = result.id and file.state <> 'quarantined'
          and (file.state, file.remark) is distinct from (result.state, result.remark)
        returning file.id, file.ticket, file.state, file.remark
    )
    insert into triage.timeline (ticket, kind, facts)
    select ticket, 'file_checked', jsonb_build_object('attachment', id, 'state', state, 'because', remark)
    from checked where state = 'quarantined' or remark is not null
""")
_KNOWN = text("select count(*) from triage.attachments where id = any(cast(:ids as uuid[]))")


@dataclass(frozen=True)
class FileResult:
    """What was found in a file; `remark`: what an agent should know of it."""

    id: str
    state: str
    remark: str | None = None


def check_attachments(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Store the states of AttachmentChecked events. Raises TransientError for a file whose ticket is not routed yet."""
    results = {event.payload["attachment"]: event.payload for event in events}
    if connection.execute(_KNOWN, {"ids": list(results)}).scalar_one() < len(results):
        raise TransientError("the ticket of a checked file is not routed yet")
    store_results(
        connection, [FileResult(file, result["state"], result.get("because")) for file, result in results.items()]
    )


def store_results(connection: Connection, results: Sequence[FileResult]) -> None:
    """Store the states of files, and tell their tickets' timelines what needs attention."""
    if results:
        connection.execute(_CHECK, {"results": json.dumps([vars(result) for result in results])})
