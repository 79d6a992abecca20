"""The days of a daily report."""

from dataclasses import dataclass
from datetime import date, timedelta

from shared.errors import Unprocessable

DEFAULT_DAYS = 30
MOST_DAYS = 366
# Dates near the ends of the calendar have no period before or after.
EARLIEST, LATEST = date(2000, 1, 1), date(9000, 1, 1)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """All its days."""
        return [self.first + number * _DAY for number in range((self.last - self.first).days + 1)]

    @property
    def before(self) -> "Period":
        """As many days directly before it."""
        length = self.last - self.first + _DAY
        return Period(self.first - length, self.last - length)

    @property
    def after(self) -> "Period":
        """As many days directly after it."""
        length = self.last - self.first + _DAY
        return Period(self.first + length, self.last + length)


def period(today: date, first: date | None, last: date | None) -> Period:
    """The period from `first` (default: so that there are DEFAULT_DAYS) to `last` (default: today).

    Raises Unprocessable for an end before the start, more than MOST_DAYS, or dates that no ticket can have.
    """
    errors = {
        name: [f"Must be from {EARLIEST} to {LATEST}."]
        for name, day in (("from", first), ("to", last))
        if day is not None and not EARLIEST <= day <= LATEST
    }
    if errors:
        raise Unprocessable(errors)
    last = last or today
    first = first or last - (DEFAULT_DAYS - 1) * _DAY
    if first > last:
        raise Unprocessable({"to": ["Must not be before `from`."]})
    if (last - first).days >= MOST_DAYS:
        raise Unprocessable({"from": [f"At most {MOST_DAYS} days."]})
    return Period(first, last)


def presets(today: date) -> dict[str, Period]:
    """The periods that a page offers, by title."""
    return {
        "Yesterday": Period(today - _DAY, today - _DAY),
        "Last 7 days": Period(today - 6 * _DAY, today),
        "Last 30 days": Period(today - 29 * _DAY, today),
        "This month": Period(today.replace(day=1), today),
    }
