"""A ticket as a row of a list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row

from services.triage.console.layout.times import TimeLeft, age, span, time_left
from services.triage.conversation.entries import OPENED_BY_REQUESTER, SNOOZE_ENDED, snippet_of
from shared.catalog.model import Catalog

STATE_WORDS = {
    "held": "waiting for evidence",
    "open": "open",
    "claimed": "claimed",
    "waiting": "waiting for the requester",
    "resolved": "resolved",
    "withdrawn": "withdrawn",
    "snoozed": "snoozed",
    "blocked": "from a blocked sender",
}
_FINISHED = ("resolved", "withdrawn")


class Owner(NamedTuple):
    """Who answers the ticket."""

    name: str
    email: str


@dataclass(frozen=True)
class TicketRow:
    """`person`: the requester's name or address; `wrote_again`: whether the newest message is a later one of theirs, or
    their evidence opened the ticket after it; `woke`: whether a snooze has ended since."""

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
    person: str
    snippet: str
    attachment_count: int
    wrote_again: bool
    owner: Owner | None
    reserved_until: datetime | None
    updated_at: datetime
    updated_age: str
    snoozed_until: datetime | None
    opens_in: str
    woke: bool


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
        person=row.name or row.email,
        snippet=snippet_of(row.newest),
        attachment_count=row.attachment_count,
        wrote_again=_wrote_again(row),
        owner=Owner(row.owner["name"], row.owner["email"]) if row.owner else None,
        reserved_until=row.reserved_until,
        updated_at=row.updated_at or row.created_at,
        updated_age=age(row.updated_at or row.created_at, now),
        snoozed_until=row.snoozed_until,
        opens_in=span(max((row.snoozed_until - now).total_seconds(), 60)) if row.snoozed_until else "",
        woke=row.newest_turn == SNOOZE_ENDED,
    )


def _wrote_again(row: Row[Any]) -> bool:
    is_later_message = row.newest is not None and row.newest["kind"] == "followed_up" and row.state not in _FINISHED
    return is_later_message or row.newest_turn in OPENED_BY_REQUESTER


def category_title(catalog: Catalog, path: str) -> str:
    """The category's English title; its path if the catalogue does not hold it."""
    category = catalog.categories.get(path)
    return category.title.in_locale("en").text if category else path
