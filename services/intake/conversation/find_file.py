"""Find a file of a ticket for the holder of one of its keys."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.intake.deps import Deps
from services.intake.tickets.access import find_ticket
from shared.errors import Conflict, NotFound
from shared.storage.database import autocommit
from shared.storage.object_store import LONGEST_LINK
from shared.ticket_keys import KeyKind

NO_FILE = "There is no such file."
QUARANTINED = "This file is quarantined."

# What came by mail is not shown with the receipt's key: it may repeat our answers and their files.
_SENT = text("""
    select a.object, a.name, a.media_type, a.state
    from intake.attachments a left join intake.follow_ups f on f.id = a.follow_up
    where a.reference = :reference and a.id = :file and (:all or f.source is distinct from 'email')
""")
_ANSWERED = text("""
    select file ->> 'object' as object, a.personal -> 'attachment_names' ->> (file ->> 'id') as name, file ->> 'media_type' as media_type,
           file ->> 'state' as state
    from intake.answers a cross join jsonb_array_elements(a.files) as file
    join intake.submissions s using (reference)
    where a.reference = :reference and file ->> 'id' = :file and a.at > coalesce(s.answers_shown_from, '-infinity')
    limit 1
""")


def find_file(deps: Deps, reference: str, key: str, file: UUID) -> str:
    """A link to the file, as a download, that works for 300 seconds at most.

    Raises NotFound, with the receipt's key for files of our answers too; Conflict for a quarantined file.
    """
    with autocommit(deps.engine) as connection:
        opened = find_ticket(connection, deps.settings.secret, reference, key)
        row = _find(connection, reference, file, opened.key)
    if row is None:
        raise NotFound(NO_FILE)
    if row.state == "quarantined":
        raise Conflict(QUARANTINED)
    return deps.store.presign(row.object, row.name or "", LONGEST_LINK, row.media_type)


def _find(connection: Connection, reference: str, file: UUID, key: KeyKind) -> Row[Any] | None:
    shows_answers = key == "mailed"
    sent = connection.execute(_SENT, {"reference": reference, "file": file, "all": shows_answers}).one_or_none()
    if sent is None and shows_answers:
        return connection.execute(_ANSWERED, {"reference": reference, "file": str(file)}).one_or_none()
    return sent
