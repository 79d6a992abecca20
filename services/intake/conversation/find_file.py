"""Find a file of a ticket for the holder of one of its keys."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.intake.conversation.read_told import IS_MERGED
from services.intake.deps import Deps
from services.intake.tickets.access import OpenedTicket, find_ticket
from shared.errors import Conflict, NotFound
from shared.storage.database import autocommit
from shared.storage.object_store import LONGEST_LINK

NO_FILE = "There is no such file."
QUARANTINED = "This file is quarantined."

# What came by mail is not shown with the receipt's key: it may repeat our answers and their files.
_SENT = text("""
    select a.object, a.name, a.media_type, a.state
    from intake.attachments a left join intake.follow_ups f on f.id = a.follow_up
    where a.reference = :reference and a.id = :file and (:all or f.source is distinct from 'email')
""")
_SENT_TO_MERGED = text(f"""
    select a.object, a.name, a.media_type, a.state
    from intake.submissions m join intake.attachments a on a.reference = m.reference where {IS_MERGED} and a.id = :file
""")
_ANSWERED = text(f"""
    select file ->> 'object' as object, a.personal -> 'attachment_names' ->> (file ->> 'id') as name, file ->> 'media_type' as media_type,
           file ->> 'state' as state
    from intake.submissions m join intake.answers a using (reference) cross join jsonb_array_elements(a.files) as file
    where (m.reference = :reference or {IS_MERGED}) and file ->> 'id' = :file
      and a.at > coalesce(greatest(m.answers_shown_from, cast(:shown_from as timestamptz)), '-infinity')
    limit 1
""")


def find_file(deps: Deps, reference: str, key: str, file: UUID) -> str:
    """A link to the file, as a download, that works for 300 seconds at most.

    Raises NotFound, with the receipt's key for files of our answers too; Conflict for a quarantined file.
    """
    with autocommit(deps.engine) as connection:
        opened = find_ticket(connection, deps.settings.secret, reference, key)
        row = _find(connection, opened, file)
    if row is None:
        raise NotFound(NO_FILE)
    if row.state == "quarantined":
        raise Conflict(QUARANTINED)
    return deps.store.presign(row.object, row.name or "", LONGEST_LINK, row.media_type)


def _find(connection: Connection, opened: OpenedTicket, file: UUID) -> Row[Any] | None:
    """With the mailed key also a file of a merged ticket, as its page shows it."""
    reference, shows_all = opened.row.reference, opened.key == "mailed"
    sent = connection.execute(_SENT, {"reference": reference, "file": file, "all": shows_all}).one_or_none()
    if sent is not None or not shows_all:
        return sent
    of_both = {"reference": reference, "address": opened.row.address}
    merged = connection.execute(_SENT_TO_MERGED, {**of_both, "file": file}).one_or_none()
    if merged is not None:
        return merged
    values = {**of_both, "file": str(file), "shown_from": opened.row.answers_shown_from}
    return connection.execute(_ANSWERED, values).one_or_none()
