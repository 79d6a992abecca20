"""Whether an e-mail asks how the resolution was, and its links. Pure.

The links carry a secret of that one resolution, so stand-ins are stored and replaced when the e-mail is sent.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from typing import Any
from uuid import UUID

from shared.events.contracts import RecordedEvent
from shared.ticket_keys import Resolution, satisfaction_url

ANSWERS = ("good", "bad")
# A host that does not exist (RFC 2606).
_HOST = "https://satisfaction-link.invalid"
_STAND_IN = re.compile(rf"{re.escape(_HOST)}/([0-9a-f-]{{36}})/(\d{{1,10}})/(good|bad)")
HIDDEN = "…"


def asks_how_it_was(event: RecordedEvent) -> bool:
    """Whether the e-mail of TicketAnswered or TicketResolved asks: not where nobody solved anything, as of duplicates.

    The same resolutions as in services/triage/satisfaction/resolutions.py.
    """
    if event.type == "TicketAnswered":
        return bool(event.payload.get("then") == "resolve")
    return event.payload.get("outcome") in ("solved", "not_solved")


def satisfaction_links(event: RecordedEvent) -> dict[str, str] | None:
    """The stand-in of each answer's link; None where the e-mail does not ask."""
    if not asks_how_it_was(event):
        return None
    written = event.payload.get("written_at")
    at = datetime.fromisoformat(written) if written else event.occurred_at
    return {answer: f"{_HOST}/{event.event_id}/{int(at.timestamp())}/{answer}" for answer in ANSWERS}


def sample_links(url: str) -> dict[str, str]:
    """Links that lead nowhere, for samples and previews; `url`: of the ticket's page, without a key."""
    return {answer: f"{url}/satisfaction?token={HIDDEN}&answer={answer}" for answer in ANSWERS}


def fill_satisfaction(body: str, event: UUID, link: Callable[[Resolution, str], str], *, as_html: bool) -> str:
    """The body with the stand-ins of its own event replaced; another one is a text that somebody wrote, and stays."""

    def filled(found: re.Match[str]) -> str:
        if found[1] != str(event):
            return found[0]
        url = link(Resolution(event, datetime.fromtimestamp(int(found[2]), UTC)), found[3])
        return escape(url) if as_html else url

    return _STAND_IN.sub(filled, body)


def link_of(intake_url: str, secret: str, ticket: str, key_number: int) -> Callable[[Resolution, str], str]:
    """Makes the links of a ticket's resolutions."""
    return lambda resolution, answer: satisfaction_url(intake_url, secret, ticket, key_number, resolution, answer)


def without_links(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of an e-mail that does not ask: a copy, or one without a ticket's key."""
    return {**facts, "satisfaction": None} if "satisfaction" in facts else facts
