"""Forgets old notifications."""

from sqlalchemy import Connection, text

KEPT_DAYS = 90

_CLEAR = text("""
    delete from triage.notifications where id in (
        select id from triage.notifications where at < clock_timestamp() - make_interval(days => :days) order by at limit 500)
""")


def clear_notifications(connection: Connection) -> bool:
    """Forget some of those that are older than KEPT_DAYS. Returns whether there may be more."""
    return connection.execute(_CLEAR, {"days": KEPT_DAYS}).rowcount > 0
