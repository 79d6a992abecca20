"""The facts of a ticket that rules look at: flat, and plain enough to be stored as JSON beside the ticket.

They do not depend on a ruleset, so that an explanation or a replay uses the same ones. What depends on one (weekday
and hour, by the document's time zone) is worked out from `submitted_at` when a decision needs it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from shared.attachment_types import BY_MEDIA_TYPE
from shared.conditions.fields import DETAIL, WEEKDAYS
from shared.submission_fields import IN_RULES


@dataclass(frozen=True)
class Ticket:
    """A ticket, as far as rules may look at it. `attachment_types` are media types, one an attachment.

    `earlier_tickets` are {"category", "submitted_at": RFC 3339 text or datetime} of the same address. `others`: further declared
    fields that rules may test, by name.
    """

    category: str
    locale: str | None = None
    platform: str | None = None
    country: str | None = None
    email: str | None = None
    subject: str | None = None
    message: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    attachment_types: Sequence[str] = ()
    missing_evidence: Sequence[str] = ()
    earlier_tickets: Sequence[Mapping[str, object]] = ()
    others: Mapping[str, object] = field(default_factory=dict)


_FIELDS = ("category", "locale", "platform", "country", "email", "subject", "message")


def fact_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that hold the values of the declared fields (shared/submission_fields.py)."""
    others = {name: values[name] for name in IN_RULES if name not in _FIELDS}
    return {**{name: values[name] for name in _FIELDS}, "others": others}


def facts_of(ticket: Ticket, now: datetime) -> dict[str, object]:
    """The facts of a ticket submitted at `now` (aware). What is missing or empty has no entry."""
    facts: dict[str, object] = {
        "category": ticket.category,
        "locale": ticket.locale,
        "platform": ticket.platform,
        "country": ticket.country.upper() if ticket.country else None,
        "email_domain": ticket.email.rpartition("@")[2].strip().rstrip(".").lower() if ticket.email else None,
        "subject": ticket.subject,
        "message": ticket.message,
        "attachment.type": [BY_MEDIA_TYPE[media].name for media in ticket.attachment_types if media in BY_MEDIA_TYPE],
        "missing_evidence": list(ticket.missing_evidence),
        **ticket.others,
        **{DETAIL + name: value for name, value in ticket.details.items()},
    }
    facts = {name: value for name, value in facts.items() if value is not None and value not in ("", [])}
    facts["attachment.count"] = len(ticket.attachment_types)
    facts["previous_tickets"] = list(_previous(ticket.earlier_tickets, now))
    facts["submitted_at"] = now.timestamp()
    return facts


def _previous(earlier: Iterable[Mapping[str, object]], now: datetime) -> Iterable[dict[str, object]]:
    """Each earlier ticket by its path and its age in seconds."""
    for ticket in earlier:
        at = ticket["submitted_at"]
        when = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
        yield {"category": ticket["category"], "age": max(0.0, (now - when).total_seconds())}


def local_time(submitted_at: float, timezone: str) -> dict[str, object]:
    """The facts `weekday` and `hour` of an instant (seconds since 1970) in a time zone."""
    local = datetime.fromtimestamp(submitted_at, UTC).astimezone(_zone(timezone))
    return {"weekday": WEEKDAYS[local.weekday()], "hour": local.hour}


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
