"""A ticket as a row of a list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from services.triage.console.layout.times import TimeLeft, age, time_left
from shared.catalog.model import Catalog

STATE_WORDS = {
    "held": "waiting for evidence",
    "open": "open",
    "claimed": "claimed",
    "waiting": "waiting for the requester",
    "resolved": "resolved",
    "withdrawn": "withdrawn",
}


@dataclass(frozen=True)
class TicketRow:
    reference: str
    subject: str
    has_subject: bool
    category: str
    title: str
    team: str
    state: str
    state_words: str
    priority: str
    tags: tuple[str, ...]
    lang: str | None
    created_at: datetime
    age: str
    respond_by: datetime | None
    left: TimeLeft
    claimed_by: str | None
    lease_expires_at: datetime | None


def ticket_row(row: Row[Any], catalog: Catalog, now: datetime) -> TicketRow:
    """A database row (`tickets.rows.COLUMNS`) prepared for display; the category's title replaces a missing subject."""
    title = category_title(catalog, row.category)
    return TicketRow(
        reference=row.reference,
        subject=row.subject or title,
        has_subject=bool(row.subject),
        category=row.category,
        title=title,
        team=row.team,
        state=row.state,
        state_words=STATE_WORDS[row.state],
        priority=row.priority,
        tags=tuple(row.tags),
        lang=row.locale,
        created_at=row.created_at,
        age=age(row.created_at, now),
        respond_by=row.respond_by,
        left=time_left(row.respond_by, now),
        claimed_by=row.claimed_by,
        lease_expires_at=getattr(row, "lease_expires_at", None),
    )


def category_title(catalog: Catalog, path: str) -> str:
    """The category's English title; its path if the catalogue does not hold it."""
    category = catalog.categories.get(path)
    return category.title.in_locale("en").text if category else path
