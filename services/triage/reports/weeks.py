"""Which weeks a report is about."""

from datetime import date, timedelta

from sqlalchemy import Connection, text

from shared.errors import Unprocessable

USUAL = 8
MOST = 106  # two years and their ends

_TODAY = text("select (clock_timestamp() at time zone 'UTC')::date")


def today(connection: Connection) -> date:
    """The day in UTC, by the database's clock."""
    day: date = connection.execute(_TODAY).scalar_one()
    return day


def weeks(now: date, since: date | None, until: date | None) -> tuple[date, date]:
    """The Mondays of the first and the last week. Raises Unprocessable for too many, or an end before its beginning."""
    last = _monday(until or now)
    first = _monday(since) if since else last - timedelta(weeks=USUAL - 1)
    if first > last:
        raise Unprocessable({"to": ["Before the beginning."]})
    if last - first >= timedelta(weeks=MOST):
        raise Unprocessable({"from": [f"At most {MOST} weeks."]})
    return first, last


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
