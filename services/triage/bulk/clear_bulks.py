"""Delete old bulks with their results; what they did stays on the tickets' timelines."""

from sqlalchemy import Connection, text

KEPT_DAYS = 90

# One bulk has up to 10,000 results.
_DELETE = text("""
    delete from triage.bulks where id in (
        select id from triage.bulks
        where created_at < clock_timestamp() - make_interval(days => :days) and state not in ('queued', 'running')
        order by created_at limit 1)
""")


def clear_bulks(connection: Connection) -> bool:
    """Delete the oldest one. Returns whether there may be more."""
    return connection.execute(_DELETE, {"days": KEPT_DAYS}).rowcount > 0
