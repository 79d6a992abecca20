"""The text that a mail server wrote itself, without the mail that it returns. Pure; linear in the length of the text."""

import re
from collections.abc import Iterator
from email.message import Message

from services.notify.inbound.bounce_words import EXPIRED, MAILBOX_FULL, RETURNED_MAIL, RETURNED_RULE, UNKNOWN_USER
from shared.mail.charsets import decode

# Bytes. A report stands before the mail that it returns; to search all of one of 40 MB took minutes.
LONGEST_REPORT = 64 * 1024
# An enhanced status code (RFC 3463); its subjects go from 0 to 7.
CODE = re.compile(r"(?<![\d.])([245]\.[0-7]\.\d{1,3})(?![\d.]*\d)")
_TAG = re.compile(r"<(?![^<>@\s]{1,64}@)[^<>]{0,500}>")
# How the lines begin that old servers draw above the mail that they return.
_RULES = ("--", "|--", "==", "**")
# Fields that start a returned mail, and those that may stand above them.
_FIRST_FIELD = re.compile(r"(Received|Return-Path|Message-ID|X-Mailer|MIME-Version):", re.IGNORECASE)
_FIELD = re.compile(
    r"(Subject|From|To|Cc|Date|Sender|Reply-To|Errors-To|Delivered-To|References|In-Reply-To|Precedence|User-Agent"
    r"|Authentication-Results|DKIM-Signature|(Content|List|X)-[\w-]{1,60}):",
    re.IGNORECASE,
)
# The subject of our e-mail, quoted among the server's words.
_OUR_SUBJECT = re.compile(
    r"\s{0,40}(Subject|Betreff|Objet|Asunto|Oggetto|Assunto|\u00c4mne|Emne|件名)\s{0,9}[:：]", re.IGNORECASE
)
# A recipient at the start of a line: "<bo@example.org>:", "bo@example.org: 550 ...", or alone.
_RECIPIENT = re.compile(r"[<\"]?([^\s<>\"@:]{1,64}@[^\s<>\":]{1,255})[>\"]?(?::|$)")


def own_text(message: Message) -> str:
    """The server's own text in one line; "" where it wrote none."""
    return " ".join(_own_lines(message))


def text_of_first_recipient(message: Message) -> str:
    """The server's own text up to where it reports of a second recipient, in one line."""
    lines = _own_lines(message)
    named = [(number, found[1].lower()) for number, line in enumerate(lines) if (found := _RECIPIENT.match(line))]
    ends = [number for number, _ in named[1:]] + [len(lines)]
    first = None
    for (number, address), end in zip(named, ends, strict=False):
        if address == first or not _reports_a_failure(" ".join(lines[number:end])):
            continue
        if first is not None:
            return " ".join(lines[:number])
        first = address
    return " ".join(lines)


def field_text(part: Message, name: str) -> str:
    """A field in one line, in whatever character set it came; "" where there is none."""
    for field, value in part.raw_items():
        if field.lower() == name.lower():
            written = str(value)[:LONGEST_REPORT].encode("utf-8", "surrogateescape")
            return " ".join(decode(written).split())
    return ""


def _own_lines(message: Message) -> list[str]:
    for part in _own_parts(message):
        body = part.get_payload(decode=True)
        if isinstance(body, bytes) and body.strip():
            text = decode(body[:LONGEST_REPORT], part.get_content_charset())
            lines = (_TAG.sub(" ", text) if part.get_content_subtype() == "html" else text).splitlines()
            own = lines[: _end_of_own(lines)]
            return [" ".join(line.split()) for line in own if line.strip() and not _OUR_SUBJECT.match(line)]
    return []


def _own_parts(message: Message) -> Iterator[Message]:
    """Those with text of the server; what is inside a returned mail is ours."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.is_multipart():
            payload = part.get_payload() if part.get_content_maintype() == "multipart" else []
            parts = payload if isinstance(payload, list) else []
            waiting += [one for one in reversed(parts) if isinstance(one, Message)]
        elif part.defects or (part.get_content_maintype() == "text" and part.get_content_subtype() != "rfc822-headers"):
            yield part


def _end_of_own(lines: list[str]) -> int:
    """Where the returned mail starts."""
    for number, line in enumerate(lines):
        if _FIRST_FIELD.match(line):
            return _first_of_fields(lines, number)
        rule = line.strip()[:500]
        if RETURNED_MAIL.search(rule) or (rule.startswith(_RULES) and RETURNED_RULE.search(rule)):
            return number
    return len(lines)


def _first_of_fields(lines: list[str], number: int) -> int:
    """The line of the first field of the header that line `number` is in."""
    first = number
    for above in range(number - 1, -1, -1):
        if _FIELD.match(lines[above]):
            first = above
        elif not lines[above][:1].isspace() or not lines[above].strip():
            break
    return first


def _reports_a_failure(text: str) -> bool:
    return bool(CODE.search(text)) or any(one.search(text) for one in (UNKNOWN_USER, MAILBOX_FULL, EXPIRED))
