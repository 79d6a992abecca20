"""The partitions of the event log: one range of ids a month, made ahead (decision 0015)."""

from sqlalchemy import Connection, text

# As in migration 0006.
RANGE = 1_000_000_000_000

# Any constant: two workers never change partitions at once.
_TRY_LOCK = text("select pg_try_advisory_xact_lock(7034581290)")

_NEWEST = text("""
    select number, first_id, opened_at is not null as is_open from events.log_partitions order by number desc limit 1
""")
# Whether the month in which the open partition was opened has ended, in UTC.
_IS_OVER = text("""
    select date_trunc('month', opened_at at time zone 'UTC') < date_trunc('month', clock_timestamp() at time zone 'UTC')
    from events.log_partitions where opened_at is not null and closed_at is null
""")

# The sequence jumps to the next range: no table is locked or changed, and a transaction under way may still write to the one before.
# `setval` is not undone by a rollback; the next run then finds the ids drawn already, and only writes the times.
_JUMP = text("select setval('events.log_id_seq', :first_id, false) from events.log_id_seq where last_value < :first_id")
_WRITE_TIMES = text("""
    with closed as (update events.log_partitions set closed_at = clock_timestamp() where opened_at is not null and closed_at is null)
    update events.log_partitions set opened_at = clock_timestamp() where number = :number
""")

_IS_ATTACHED = text("""
    select exists (select from pg_inherits where inhparent = 'events.log'::regclass and inhrelid = to_regclass(:name))
""")
_ADD = text("insert into events.log_partitions (number, first_id) values (:number, :first_id)")


def keep_partitions(connection: Connection) -> bool:
    """Make the next partition, or open it when the month of the open one is over; returns whether something was done.

    Without it nothing fails: the log goes on in the partition that is open.
    """
    if not connection.execute(_TRY_LOCK).scalar_one():
        return False
    newest = connection.execute(_NEWEST).one()
    if newest.is_open:
        _make(connection, newest.number + 1, newest.first_id - newest.first_id % RANGE + RANGE)
        return True
    if not connection.execute(_IS_OVER).scalar_one():
        return False
    connection.execute(_JUMP, {"first_id": newest.first_id})
    connection.execute(_WRITE_TIMES, {"number": newest.number})
    return True


def _make(connection: Connection, number: int, first_id: int) -> None:
    """Make a partition beside the log and attach it: `create table … partition of` would keep everybody from recording."""
    name = f"events.log_{number}"
    if not connection.execute(_IS_ATTACHED, {"name": name}).scalar_one():
        bounds = f"for values from ({first_id}) to ({first_id + RANGE})"
        connection.execute(
            text(f"create table if not exists {name} (like events.log including all excluding identity)")
        )
        connection.execute(text(f"alter table events.log attach partition {name} {bounds}"))
    connection.execute(_ADD, {"number": number, "first_id": first_id})
