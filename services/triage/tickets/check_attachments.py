"""What became of files once they were looked at."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, text

from shared.errors import TransientError
from shared.events.contracts import RecordedEvent

# A verdict stands: a late event never makes a file pending again, and nothing frees it from quarantine. The timeline tells of what
# somebody should know; that a file is as it should be, its own line beside the note says.
_CHECK = text("""
    with checked as (
        update triage.attachments file set state = verdict.state, remark = verdict.remark
        from jsonb_to_recordset(cast(:verdicts as jsonb)) as verdict (id uuid, state text, remark text)
        where file.id = verdict.id and file.state <> 'quarantined'
          and (file.state, file.remark) is distinct from (verdict.state, verdict.remark)
        returning file.id, file.ticket, file.state, file.remark
    )
    insert into triage.timeline (ticket, kind, facts)
    select ticket, 'file_checked', jsonb_build_object('attachment', id, 'state', state, 'because', remark)
    from checked where state = 'quarantined' or remark is not null
""")
_KNOWN = text("select count(*) from triage.attachments where id = any(cast(:ids as uuid[]))")


def check_attachments(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Take in AttachmentChecked events. Raises TransientError when a file is not here yet."""
    verdicts = {event.payload["attachment"]: event.payload for event in events}
    if connection.execute(_KNOWN, {"ids": list(verdicts)}).scalar_one() < len(verdicts):
        raise TransientError("a file that was checked is not here yet")
    document = [
        {"id": file, "state": verdict["state"], "remark": verdict.get("because")} for file, verdict in verdicts.items()
    ]
    connection.execute(_CHECK, {"verdicts": json.dumps(document)})
