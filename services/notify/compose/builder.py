"""Build a row of the ledger from an event: composed, addressed, with every header fixed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from uuid_utils.compat import uuid7

from services.notify.compose.kinds.email_kind import EmailKind
from services.notify.compose.message import UnsafeHeader, headers_of, message_id
from services.notify.compose.person import sender_name
from services.notify.compose.render import ComposedEmail, ComposeError, compose
from services.notify.compose.satisfaction import without_links
from services.notify.deps import Deps
from services.notify.emails.addresses import bounce_address, reply_address
from services.notify.emails.files import files_of
from services.notify.emails.ledger import Entry
from services.notify.emails.links import STAND_IN
from shared.errors import PermanentError
from shared.events.contracts import RecordedEvent
from shared.mail.addresses import folded_address, in_ascii, is_writable


@dataclass(frozen=True)
class Recipient:
    """`answers`: the Message-ID of the acknowledgement whose thread the e-mail continues; `participants`: the addresses of Cc.

    `copy_of`: the requester's address, where the e-mail is a participant's copy; the key of the ticket's page is not for them.
    """

    address: str
    locale: str
    key_number: int | None = None
    answers: str | None = None
    team: str | None = None
    participants: Sequence[str] = ()
    copy_of: str | None = None


@dataclass(frozen=True)
class FirstState:
    """The state that an e-mail is entered with: usually queued."""

    state: str = "queued"
    because: str | None = None


QUEUED = FirstState()


def build_email(
    deps: Deps,
    kind: EmailKind,
    event: RecordedEvent,
    to: Recipient,
    facts: Mapping[str, Any],
    made_at: datetime,
    first: FirstState = QUEUED,
) -> Entry:
    """A row of the ledger for one e-mail about `event`; a failed one when its recipient is no address that can be written to.

    Raises PermanentError when the e-mail cannot be composed: the event is parked alone, and can be replayed once the template is
    fixed.
    """
    settings = deps.settings
    identity = uuid7()
    recipient = in_ascii(to.address)
    files = files_of(event) if kind.carries_files else []
    composed = _composed(deps, kind, event.ticket, to, {**facts, "files": [file["name"] for file in files]})
    try:
        headers = _headers(deps, kind, identity, event.ticket, to, composed, facts, made_at)
    except UnsafeHeader as error:
        headers, first = {}, FirstState("failed", f"never sent: {error}")
    return Entry(
        id=identity,
        ticket=event.ticket,
        kind=kind.name,
        event_id=event.event_id if to.copy_of is None else _copys_event(event.event_id, recipient),
        correlation_id=event.correlation_id,
        team=to.team,
        recipient=recipient,
        recipient_key=folded_address(recipient),
        locale=composed.lang,
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
        headers=headers,
        message_id=message_id(identity, settings.mail_domain),
        envelope_from=bounce_address(settings.secret, identity, settings.mail_domain),
        key_number=to.key_number,
        attachments=files or None,
        state=first.state,
        because=first.because,
        participant=None if to.copy_of is None else True,
    )


def _copys_event(event: UUID, participant: str) -> UUID:
    """Stands for the event in a participant's copy: the ledger has one row an event and kind, and this is the same in every replay."""
    return uuid5(event, participant.lower())


def _composed(
    deps: Deps, kind: EmailKind, ticket: str | None, to: Recipient, facts: Mapping[str, Any]
) -> ComposedEmail:
    known = {
        "network": deps.catalog.network,
        "reference": ticket,
        "status_url": STAND_IN if to.key_number is not None else None,
        "help_url": f"{deps.settings.intake_url}/help",
        "triage_url": deps.settings.triage_url,
    }
    reader = {} if to.copy_of is None else {"audience": "participant"}
    # The links are the requester's alone, and need the number of the ticket's keys.
    given = without_links(dict(facts)) if to.key_number is None else facts
    try:
        return compose(kind, to.locale, {**known, **given, **reader})
    except ComposeError as error:
        raise PermanentError(f"the e-mail could not be composed: {error}") from error


def _headers(
    deps: Deps,
    kind: EmailKind,
    identity: UUID,
    ticket: str | None,
    to: Recipient,
    composed: ComposedEmail,
    facts: Mapping[str, Any],
    made_at: datetime,
) -> dict[str, str]:
    settings = deps.settings
    answerable = ticket is not None and kind.audience == "requester"
    recipient, copies = _shown_recipients(to, smtputf8=settings.smtputf8)
    return headers_of(
        sender=settings.mail_from,
        sender_name=sender_name(facts.get("writer"), deps.catalog.network),
        recipient=recipient,
        copies=copies,
        subject=composed.subject,
        lang=composed.lang,
        identity=message_id(identity, settings.mail_domain),
        made_at=made_at,
        reply_to=reply_address(settings.secret, str(ticket), settings.mail_domain) if answerable else None,
        answers=to.answers,
        submitted=None if facts.get("person") else kind.auto_submitted,
        smtputf8=settings.smtputf8,
    )


def _shown_recipients(to: Recipient, *, smtputf8: bool) -> tuple[str, Sequence[str]]:
    """The addresses of To and Cc. Those beyond ASCII appear only in an e-mail that is itself sent to such an address (RFC 6531, 3.4)."""
    own = in_ascii(to.address)
    if not is_writable(own, smtputf8=smtputf8):
        raise UnsafeHeader("not an address that can be written to")
    wide = smtputf8 and not own.isascii()
    others = [one for one in map(in_ascii, to.participants) if is_writable(one, smtputf8=wide)]
    requester = own if to.copy_of is None else in_ascii(to.copy_of)
    return (requester if is_writable(requester, smtputf8=wide) else own), others
