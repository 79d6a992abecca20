"""The e-mails to people who have no ticket: a team's leads, mentioned colleagues, and writers to an address of no ticket. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime

from services.notify.compose.kinds.email_kind import SAMPLE_REFERENCE, EmailKind, Facts
from shared.catalog import Catalog
from shared.events.contracts import RecordedEvent


def _escalation(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    payload = event.payload
    tickets = [{**ticket, "respond_by": _minute(str(ticket["respond_by"]))} for ticket in payload["tickets"]]
    return {"team": payload["team"], "tickets": tickets, "more": int(payload["more"])}


def _minute(instant: str) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _escalation_samples(catalog: Catalog, locale: str) -> Iterator[Facts]:
    late = {"reference": SAMPLE_REFERENCE, "priority": "urgent", "respond_by": "2026-11-22 14:00 UTC"}
    for more in (3, 0):
        yield {"team": "ads", "tickets": [late], "more": more, "triage_url": "https://triage.example.com"}


def _mention(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    return {"ticket": event.payload["reference"], "by": event.payload["by"]}


def _mention_samples(catalog: Catalog, locale: str) -> Iterator[Facts]:
    for by in ("Anna Berg", None):
        yield {"ticket": SAMPLE_REFERENCE, "by": by, "triage_url": "https://triage.example.com"}


def _form_pointer_samples(catalog: Catalog, locale: str) -> Iterator[Facts]:
    yield {}


FORM_POINTER = EmailKind(
    name="form_pointer",
    title="Pointer to the form",
    audience="writer",
    events=("MailTurnedAway",),
    samples=_form_pointer_samples,
    about_ticket=False,
    # Three acknowledgements within the hour named the form already; pointers never cost an acknowledgement.
    limited_by=("form_pointer", "acknowledgement"),
    auto_submitted="auto-replied",
)
KINDS = (
    EmailKind(
        name="escalation",
        title="Escalation",
        audience="lead",
        events=("TicketsEscalated",),
        facts=_escalation,
        samples=_escalation_samples,
        about_ticket=False,
    ),
    EmailKind(
        name="mention",
        title="Mention",
        audience="colleague",
        events=("PersonMentioned",),
        facts=_mention,
        samples=_mention_samples,
        about_ticket=False,
    ),
    FORM_POINTER,
)
