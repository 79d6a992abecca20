"""From an event and facts to a row of the ledger: composed, addressed, with every header fixed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from services.notify.compose.message import UnsafeHeader, headers_of, message_id
from services.notify.compose.render import AUDIENCES, ComposeError, Letter, compose
from services.notify.emails.addresses import bounce_address, in_ascii, recipient_key, reply_address
from services.notify.emails.ledger import Entry
from services.notify.emails.links import STAND_IN
from services.notify.settings import NotifySettings
from shared.catalog import Catalog
from shared.errors import PermanentError
from shared.events.contracts import RecordedEvent


@dataclass(frozen=True)
class Addressee:
    """Who an e-mail goes to. `answers`: the Message-ID of the acknowledgement whose thread it belongs to."""

    address: str
    locale: str
    key_number: int | None = None
    answers: str | None = None
    team: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What becomes of an e-mail once it is written: usually queued."""

    state: str = "queued"
    because: str | None = None


class Desk:
    """Writes rows with the settings' addresses and secrets."""

    def __init__(self, settings: NotifySettings, catalog: Catalog) -> None:
        self.settings = settings
        self.catalog = catalog

    def write(
        self,
        kind: str,
        event: RecordedEvent,
        to: Addressee,
        facts: Mapping[str, Any],
        made_at: datetime,
        verdict: Verdict = Verdict(),
    ) -> Entry:
        """A row of the ledger for one e-mail about `event`; a failed one when the address is none that can be written to.

        Raises PermanentError when the letter cannot be composed: the event is parked, stops no other, and can be replayed once the
        template is mended.
        """
        identity = uuid7()
        recipient = in_ascii(to.address)
        letter = self._compose(kind, event.ticket, to, facts)
        headers: dict[str, str] = {}
        try:
            headers = self._headers(kind, identity, event.ticket, recipient, letter, to.answers, made_at)
        except UnsafeHeader as error:
            verdict = Verdict("failed", f"never sent: {error}")
        return Entry(
            id=identity,
            ticket=event.ticket,
            kind=kind,
            event_id=event.event_id,
            correlation_id=event.correlation_id,
            team=to.team,
            recipient=recipient,
            recipient_key=recipient_key(recipient),
            locale=letter.lang,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            headers=headers,
            message_id=message_id(identity, self.settings.mail_domain),
            envelope_from=bounce_address(self.settings.secret, identity, self.settings.mail_domain),
            key_number=to.key_number,
            state=verdict.state,
            because=verdict.because,
        )

    def _compose(self, kind: str, ticket: str | None, to: Addressee, facts: Mapping[str, Any]) -> Letter:
        known = {
            "network": self.catalog.network,
            "reference": ticket,
            "status_url": STAND_IN if to.key_number is not None else None,
            "help_url": f"{self.settings.intake_url}/help",
            "triage_url": self.settings.triage_url,
        }
        try:
            return compose(kind, to.locale, {**known, **facts})
        except ComposeError as error:
            raise PermanentError(f"the letter could not be written: {error}") from error

    def _headers(
        self,
        kind: str,
        identity: UUID,
        ticket: str | None,
        recipient: str,
        letter: Letter,
        answers: str | None,
        made_at: datetime,
    ) -> dict[str, str]:
        settings = self.settings
        answerable = ticket is not None and AUDIENCES[kind] == "requester"
        return headers_of(
            sender=settings.mail_from,
            recipient=recipient,
            subject=letter.subject,
            lang=letter.lang,
            identity=message_id(identity, settings.mail_domain),
            made_at=made_at,
            reply_to=reply_address(settings.secret, str(ticket), settings.mail_domain) if answerable else None,
            answers=answers,
            submitted="auto-replied" if AUDIENCES[kind] == "writer" else "auto-generated",
        )
