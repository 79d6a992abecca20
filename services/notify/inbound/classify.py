"""What kind of mail has reached us: a person's, a machine's, a bounce, a complaint. Pure."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from uuid import UUID

from flufl.bounce import all_failures

from services.notify.emails.addresses import bounced_email, replied_ticket

# RFC 3834, 2 and 5, and what servers and mailing lists say in its place: to such mail no answer is ever sent.
_MACHINE_HEADERS = (
    "List-Id",
    "List-Unsubscribe",
    "X-Autoreply",
    "X-Autorespond",
    "X-Failed-Recipients",
    "X-Loop",
)
# Exchange writes it into people's mail too (MS-OXCMAIL, 2.1.3.2.2): their answer on a ticket is an answer all the same.
_ASKS_FOR_SILENCE = "X-Auto-Response-Suppress"
_MACHINE_PRECEDENCE = ("bulk", "junk", "list", "auto_reply")
# The subjects of bounces, in the few words that nearly all of them share.
_RETURNED = re.compile(
    r"undeliver|unzustellbar|non remis|returned mail|mail could not be delivered|delivery", re.IGNORECASE
)
# A report stands before the mail that it returns. flufl.bounce looks at each line by each of its patterns: the whole of a mail of 40 MB
# took it minutes.
_LOOKED_THROUGH = 128 * 1024
_MACHINE_LOCAL_PARTS = ("mailer-daemon", "postmaster", "noreply", "no-reply", "daemon")


@dataclass(frozen=True)
class Arrival:
    """A mail as the SMTP conversation gave it."""

    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True)
class MailKind:
    """`kind`: reply, automatic, bounce, complaint, unknown or unreadable; `because` says what decided.

    `ticket` is the one whose reply address it came to, `email` the one of ours that a bounce or complaint is about. `final`: the
    bounce says that the address will never take mail.
    """

    kind: str
    because: str | None = None
    ticket: str | None = None
    email: UUID | None = None
    final: bool = False


def kind_of(arrival: Arrival, secret: str, domain: str) -> MailKind:
    """What kind of mail it is. Never raises: what cannot be read is `unreadable`."""
    ticket = replied_ticket(secret, arrival.recipient)
    email = bounced_email(secret, arrival.recipient)
    try:
        message = message_from_bytes(arrival.content)
        fault = _unreadable(message)
        if fault is not None:
            return MailKind("unreadable", fault, ticket, email)
        return _readable(message, arrival, ticket, email, domain)
    except Exception as error:  # whatever the parsers stumble over: the mail is kept whole, for a person
        return MailKind("unreadable", f"{type(error).__name__}: {error}"[:300], ticket, email)


def _readable(message: Message, arrival: Arrival, ticket: str | None, email: UUID | None, domain: str) -> MailKind:
    returned = email or _returned_email(arrival.content, domain)
    if returned is not None and _report_type(message) == "feedback-report":
        return MailKind("complaint", "feedback report (RFC 5965)", ticket, returned, final=True)
    machine = automatic_because(message, arrival.sender)
    if machine is not None or email is not None:
        passing, final = _failures(message, arrival.content)
        if passing or final:
            words = _diagnosis(message) or ("delivery failed" if final else "delivery is delayed")
            return MailKind("bounce", words, ticket, returned, final=bool(final) and not passing)
    if machine is not None:
        return MailKind("automatic", machine, ticket, email)
    if ticket is not None:
        return MailKind("reply", None, ticket)
    if email is not None:
        # A person's program answered to the envelope sender; only who got that e-mail knows the address.
        return MailKind("automatic", "sent to the bounce address", None, email)
    if _ASKS_FOR_SILENCE in message:
        return MailKind("automatic", _ASKS_FOR_SILENCE)
    if _reads_like_a_bounce(message, arrival.content):
        return MailKind("automatic", "it reads like a bounce")
    return MailKind("unknown", "not an address that we gave to anybody")


def automatic_because(message: Message, sender: str) -> str | None:
    """The header that says that a machine wrote it (RFC 3834); None when a person seems to have."""
    if not sender or sender == "<>":
        return "null sender"
    submitted = str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    if submitted != "no":
        return f"Auto-Submitted: {submitted}"[:100]
    precedence = str(message.get("Precedence", "")).strip().lower()
    if precedence in _MACHINE_PRECEDENCE:
        return f"Precedence: {precedence}"
    present = next((name for name in _MACHINE_HEADERS if name in message), None)
    if present is not None:
        return present
    if message.get_content_type() == "multipart/report":
        return "a report (RFC 6522)"
    local = sender.rpartition("@")[0].lower()
    return f"sent by {local}" if local in _MACHINE_LOCAL_PARTS else None


def _unreadable(message: Message) -> str | None:
    """Why no person could read it as it is; None when one can."""
    if not message.keys():
        return "it has no header"
    broken = [type(defect).__name__ for part in message.walk() for defect in part.defects]
    fatal = [name for name in broken if name in ("NoBoundaryInMultipartDefect", "StartBoundaryNotFoundDefect")]
    return fatal[0] if fatal else None


def _failures(message: Message, content: bytes) -> tuple[Collection[bytes], Collection[bytes]]:
    """The addresses that a bounce speaks of: those that mail may reach later, and those that it never will."""
    report = message if len(content) <= _LOOKED_THROUGH else message_from_bytes(content[:_LOOKED_THROUGH])
    passing, final = all_failures(report)
    return passing, final


def _reads_like_a_bounce(message: Message, content: bytes) -> bool:
    """Whether it is a bounce of a server that does not use the null sender (RFC 5321, 4.5.5), by its words and its subject both: a
    person may quote a bounce in the middle of a letter, and is to be answered."""
    return bool(_RETURNED.search(_subject(message))) and any(_failures(message, content))


def _subject(message: Message) -> str:
    written = str(message.get("Subject", ""))
    try:
        return str(make_header(decode_header(written)))
    except (HeaderParseError, LookupError, ValueError):
        return written


def _report_type(message: Message) -> str:
    return str(message.get_param("report-type", "")).lower()


def _diagnosis(message: Message) -> str | None:
    """The Diagnostic-Code of a delivery status (RFC 3464, 2.3.6): the words of the server that refused."""
    for part in message.walk():
        words = part.get("Diagnostic-Code")
        if words:
            return " ".join(str(words).split())[:300]
    return None


def _returned_email(content: bytes, domain: str) -> UUID | None:
    """The e-mail of ours whose Message-ID the returned part quotes, for servers that bounce to another address."""
    end = f"@{domain}>".encode()
    for line in _message_id_lines(content):
        start, at, _ = line.partition(end)
        number = start.rpartition(b"<")[2]
        if at and len(number) == 32:
            try:
                return UUID(hex=number.decode("ascii"))
            except ValueError:
                continue
    return None


def _message_id_lines(content: bytes) -> Sequence[bytes]:
    return [line for line in content.splitlines() if line.strip().lower().startswith(b"message-id:")]
