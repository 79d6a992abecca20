"""The e-mails with which colleagues choose a password. Pure."""

from collections.abc import Iterator

from services.notify.compose.kinds.email_kind import EmailKind, Facts
from services.notify.emails.links import password_stand_in
from shared.catalog import Catalog
from shared.events.contracts import RecordedEvent


def _link(event: RecordedEvent, catalog: Catalog, locale: str) -> Facts:
    return {"password_url": password_stand_in(str(event.payload["link"]))}


def _samples(catalog: Catalog, locale: str) -> Iterator[Facts]:
    yield {"password_url": "https://triage.example.com/password/example?token=example"}


KINDS = (
    EmailKind(
        name="invitation",
        title="Invitation of a colleague",
        audience="colleague",
        events=("PasswordLinkMade",),
        applies=lambda event: event.payload["kind"] == "invitation",
        facts=_link,
        samples=_samples,
        about_ticket=False,
        links_tickets=True,
    ),
    EmailKind(
        name="password_reset",
        title="Link for a forgotten password",
        audience="colleague",
        events=("PasswordLinkMade",),
        applies=lambda event: event.payload["kind"] == "reset",
        facts=_link,
        samples=_samples,
        about_ticket=False,
        links_tickets=True,
    ),
)
