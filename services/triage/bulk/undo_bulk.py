"""Begins the undo of a bulk: a second pass over its tickets."""

from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.bulk.saved import find_bulk
from shared.auth.principal import Principal
from shared.errors import Conflict, Forbidden

# Waits for the chunk that is running.
_LOCK = text("select 1 from triage.bulks where id = :id for update")
_STOP = text("""
    update triage.bulk_tickets set status = 'skipped', why = 'It was undone before its turn.'
    where bulk = :id and number > :done and status is null
""")
_HOLD_MAILS = text("""
    update triage.unsent_messages set not_before = 'infinity' where entry = any(array(
        select cast(after ->> 'line' as bigint) from triage.bulk_tickets where bulk = :id and after is not null))
""")
_BEGIN = text("""
    update triage.bulks
    set state = 'queued', step = step + 1, done = 0, touched_at = '-infinity', finished_at = null,
        undone_at = clock_timestamp(), undone_by = :by_id, undone_name = :by, undone_scopes = :scopes
    where id = :id
""")


def undo_bulk(connection: Connection, bulk: UUID, by: Principal) -> None:
    """Begin the undo; of a bulk that is still running, what is left of it is not done.

    Raises NotFound, Forbidden for another person's, Conflict for replies, after the ten minutes, and for one that was undone before.
    """
    find_bulk(connection, bulk, by)
    connection.execute(_LOCK, {"id": bulk})
    found = find_bulk(connection, bulk, by)
    if not found.may_undo(by):
        raise Forbidden("Another person asked for this.")
    if not found.kind.undone:
        raise Conflict("Replies are sent and cannot be undone.")
    if found.undone_at is not None:
        raise Conflict("It was undone already.")
    if not found.is_in_time:
        raise Conflict("The ten minutes in which it could be undone are over.")
    connection.execute(_STOP, {"id": bulk, "done": found.done})
    connection.execute(_HOLD_MAILS, {"id": bulk})
    scopes = None if by.scopes is None else sorted(by.scopes)
    connection.execute(_BEGIN, {"id": bulk, "by_id": by.id, "by": by.name, "scopes": scopes})
