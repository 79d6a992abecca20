"""The list row of a ticket."""

from typing import Any

from sqlalchemy import Row

# A ticket whose lease has ended is shown as open, even before the timer opens it.
COLUMNS = """
    t.reference, t.subject, t.category, t.team, t.priority, t.tags, t.locale, t.created_at, t.respond_by, t.sequence, t.version,
    case when t.state = 'claimed' and t.lease_expires_at <= clock_timestamp() then 'open' else t.state end as state,
    case when t.state = 'claimed' and t.lease_expires_at > clock_timestamp() then t.claimed_by end as claimed_by
"""

FIELDS = (
    "reference",
    "subject",
    "category",
    "team",
    "state",
    "priority",
    "tags",
    "locale",
    "created_at",
    "respond_by",
    "claimed_by",
)


def as_item(row: Row[Any]) -> dict[str, Any]:
    """The contract's list row of a ticket."""
    return {name: getattr(row, name) for name in FIELDS}
