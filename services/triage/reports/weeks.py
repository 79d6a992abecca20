"""The weeks of a report."""

from datetime import date, timedelta

from sqlalchemy import Connection, text

from shared.errors import Unprocessable

DEFAULT_WEEKS = 8
MOST_WEEKS = 106  # two years, and the weeks at both ends

_TODAY = text("select (clock_timestamp() at time zone 'UTC')::date")


def today(connection: Connection) -> date:
    """The date in UTC, by PostgreSQL's clock."""
    day: date = connection.execute(_TODAY).scalar_one()
    return day


def weeks(now: date, since: date | None, until: date | None) -> tuple[date, date]:
    """The Mondays of the first and the last week. Raises Unprocessable for too many weeks or an end before the start."""
    last = _monday(until or now)
    first = _monday(since) if since else last - timedelta(weeks=DEFAULT_WEEKS - 1)
    if first > last:
        raise Unprocessable({"to": ["Must not be before `from`."]})
    if last - first >= timedelta(weeks=MOST_WEEKS):
        raise Unprocessable({"from": [f"At most {MOST_WEEKS} weeks."]})
    return first, last


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
