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


def _kind(name: str, title: str, link: str) -> EmailKind:
    """`link`: the kind of link that it brings."""
    return EmailKind(
        name=name,
        title=title,
        audience="colleague",
        events=("PasswordLinkMade",),
        applies=lambda event: bool(event.payload["kind"] == link),
        facts=_link,
        samples=_samples,
        about_ticket=False,
        links_tickets=True,
    )


KINDS = (
    _kind("invitation", "Invitation of a colleague", "invitation"),
    _kind("password_reset", "Link for a forgotten password", "reset"),
)
