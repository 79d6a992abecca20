"""Classify a mail that was sent to us: a person's, a program's, a bounce or a complaint. Pure."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Literal
from uuid import UUID

from services.notify.emails.addresses import bounced_email, replied_ticket
from services.notify.inbound.bounce import meaning_of
from services.notify.inbound.classify_bounce import (
    diagnosis,
    is_complaint,
    is_report,
    read_bounce,
    reads_like_a_bounce,
    returned_email,
)
from shared.mail.automatic import automatic_because

Result = Literal["final", "failed", "retry", "delayed"]


@dataclass(frozen=True)
class Arrival:
    """A mail as the SMTP conversation gave it."""

    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True)
class MailKind:
    """`kind`: reply, automatic, bounce, complaint, unknown or unreadable; `because`: what decided it.

    `ticket`: the one whose reply address it was sent to; `email`: the one of ours that a bounce or complaint is about. `result`: what
    a bounce means for that e-mail: `final` (the address will never accept mail), `failed` (for another reason), `retry` (worth another
    try) or `delayed` (the other server still tries).
    """

    kind: str
    because: str | None = None
    ticket: str | None = None
    email: UUID | None = None
    result: Result | None = None


def classify_mail(arrival: Arrival, secret: str, domain: str) -> MailKind:
    """The kind of a mail. Never raises: what cannot be parsed is `unreadable`."""
    ticket = replied_ticket(secret, arrival.recipient)
    email = bounced_email(secret, arrival.recipient)
    try:
        message = message_from_bytes(arrival.content)
        defect = _unreadable(message)
        if defect is not None:
            return MailKind("unreadable", defect, ticket, email)
        return _readable(message, arrival, ticket, email, domain)
    except Exception as error:  # parsers of hostile input raise about anything; the mail is stored whole, for a person
        return MailKind("unreadable", f"{type(error).__name__}: {error}"[:300], ticket, email)


def _readable(message: Message, arrival: Arrival, ticket: str | None, email: UUID | None, domain: str) -> MailKind:
    returned = email or returned_email(arrival.content, domain)
    if returned is not None and is_complaint(message):
        return MailKind("complaint", "feedback report (RFC 5965)", ticket, returned, "final")
    automatic = automatic_because(message, arrival.sender, ticket_named=ticket is not None)
    if automatic is not None or email is not None:
        report = read_bounce(message, arrival.content)
        if report is not None:
            words = diagnosis(message) or report.words[:300] or "delivery failed"
            result = "delayed" if report.delayed else meaning_of(report.code, report.words)
            return MailKind("bounce", words, ticket, returned, result)
    if automatic is not None:
        return MailKind("automatic", automatic, ticket, email)
    if ticket is not None:
        return MailKind("reply", None, ticket)
    if email is not None:
        # A person's program answered to the envelope sender; only that e-mail's recipient knows the address.
        return MailKind("automatic", "sent to the bounce address", None, email)
    if reads_like_a_bounce(message, arrival.content):
        return MailKind("automatic", "it reads like a bounce")
    return MailKind("unknown", "not an address that we gave to anybody")


def _unreadable(message: Message) -> str | None:
    """Why a person could not read it as it is; None when one can."""
    if not message.keys():
        return "it has no header"
    # Of the outer structure only: a bounce may return a mail that is cut anywhere.
    defects = [type(defect).__name__ for defect in message.defects]
    fatal = [name for name in defects if name in ("NoBoundaryInMultipartDefect", "StartBoundaryNotFoundDefect")]
    return fatal[0] if fatal and not is_report(message) else None
