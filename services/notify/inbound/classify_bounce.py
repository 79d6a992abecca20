"""Whether a mail is a bounce or a complaint, about which e-mail of ours, and what it reports. Pure."""

import re
from collections.abc import Collection, Sequence
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from uuid import UUID

from flufl.bounce import all_failures

from services.notify.inbound.bounce import Report, diagnose
from services.notify.inbound.bounce_text import LONGEST_REPORT, field_text, own_text
from services.notify.inbound.bounce_words import AUTOMATIC_REPLY
from shared.mail.automatic import automatic_because

# The few words that the subjects of nearly all bounces share.
_RETURNED = re.compile(
    r"undeliver|unzustellbar|non remis|returned mail|mail could not be delivered|delivery", re.IGNORECASE
)
_SERVER = re.compile(r"\b(mailer.?daemon|postmaster)\b", re.IGNORECASE)
# As `automatic_because` words them.
_ANSWERS = ("Auto-Submitted: auto-replied", "Precedence: auto_reply", "X-Autoreply", "X-Autorespond")


def is_complaint(message: Message) -> bool:
    """Whether it is a feedback report (RFC 5965): the recipient marked our e-mail as spam."""
    return str(message.get_param("report-type", "")).lower() == "feedback-report"


def is_report(message: Message) -> bool:
    """Whether it is declared a report on deliveries (RFC 6522)."""
    return message.get_content_type() == "multipart/report"


def read_bounce(message: Message, content: bytes) -> Report | None:
    """What a mail that nobody answers, or that came to a bounce address, reports of a delivery; None when it is no bounce."""
    if not is_report(message) and _is_answer(message):
        return None
    report = diagnose(message, content)
    if report is None:
        # Formats that no standard describes: flufl.bounce knows the programs that write them.
        transient, permanent = _failures(message, content)
        if transient or permanent:
            report = Report("failed" if permanent else "delayed", "", own_text(message))
    return report


def _failures(message: Message, content: bytes) -> tuple[Collection[bytes], Collection[bytes]]:
    """The addresses that may be reached later, and those that never will be."""
    report = message if len(content) <= LONGEST_REPORT else message_from_bytes(content[:LONGEST_REPORT])
    transient, permanent = all_failures(report)
    return transient, permanent


def _is_answer(message: Message) -> bool:
    """Whether it is a program's answer (out of office), which writes about a person's absence in words like those of a server.

    Exim and others declare their bounces auto-replied, too.
    """
    if "X-Failed-Recipients" in message or _SERVER.search(field_text(message, "From")):
        return False
    because = automatic_because(message, None) or ""
    subject = _subject(message)
    return because.startswith(_ANSWERS) or bool(AUTOMATIC_REPLY.search(subject) and not _RETURNED.search(subject))


def reads_like_a_bounce(message: Message, content: bytes) -> bool:
    """Whether subject and text are those of a bounce, for servers that do not use the null sender (RFC 5321, 4.5.5).

    Both are needed: a person may quote a bounce, and is to be answered.
    """
    return bool(_RETURNED.search(_subject(message))) and any(_failures(message, content))


def diagnosis(message: Message) -> str | None:
    """The Diagnostic-Code of a delivery status (RFC 3464, 2.3.6): the reply of the server that rejected the e-mail."""
    for part in message.walk():
        words = field_text(part, "Diagnostic-Code")
        if words:
            return words[:300]
    return None


def returned_email(content: bytes, domain: str) -> UUID | None:
    """The e-mail of ours whose Message-ID the mail quotes, for bounces that reach another address than the envelope's."""
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


def _subject(message: Message) -> str:
    written = field_text(message, "Subject")
    try:
        return str(make_header(decode_header(written)))
    except (HeaderParseError, LookupError, ValueError):
        return written
