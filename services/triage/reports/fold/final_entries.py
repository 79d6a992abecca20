"""Which timeline entries can be counted: those before which no entry can appear any more.

Ids are drawn before their transactions commit, so that an entry may appear behind one that was read. Each writer holds a lock on the
table from before it draws an id until it ends. All ids up to the newest one that is visible are final once every transaction that held
that lock then has ended.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, text

# The question of an idle run: nothing is locked and nothing written.
_IS_NEW = text("""
    select position < (select coalesce(max(id), 0) from triage.timeline) from triage.report_position
""")
_LOCK = text("select position, until, waits_for from triage.report_position for update skip locked")
_NEWEST = text("select coalesce(max(id), 0) from triage.timeline")
_WRITERS = text("""
    select array_agg(distinct virtualtransaction) from pg_locks
    where locktype = 'relation' and mode = 'RowExclusiveLock' and pid <> pg_backend_pid()
      and database = (select oid from pg_database where datname = current_database())
      and relation = 'triage.timeline'::regclass
""")
_STILL_RUNNING = text("select exists (select from pg_locks where virtualtransaction = any(:transactions))")
_SAVE = text("update triage.report_position set position = :position, until = :until, waits_for = :waits_for")


@dataclass(frozen=True)
class FinalEntries:
    """Entries with ids above `position` and up to `until`."""

    position: int
    until: int


def lock_final_entries(connection: Connection) -> FinalEntries | None:
    """Lock the position of the reports and find the entries to count next. None when there are none yet, or another run counts them."""
    if not connection.execute(_IS_NEW).scalar_one():
        return None
    locked = connection.execute(_LOCK).one_or_none()
    if locked is None:
        return None
    position, until, waits_for = locked
    if position >= until:
        # In this order: a writer that ends between the two statements has committed entries that the next ones see.
        until = connection.execute(_NEWEST).scalar_one()
        waits_for = connection.execute(_WRITERS).scalar_one() or []
        save_position(connection, FinalEntries(position, until), waits_for)
    if waits_for and connection.execute(_STILL_RUNNING, {"transactions": waits_for}).scalar_one():
        return None
    return FinalEntries(position, until) if position < until else None


def save_position(connection: Connection, entries: FinalEntries, waits_for: list[str] | None = None) -> None:
    """Save how far the timeline is counted; without `waits_for` all entries up to `until` are final."""
    values = {"position": entries.position, "until": entries.until, "waits_for": waits_for or []}
    connection.execute(_SAVE, values)
