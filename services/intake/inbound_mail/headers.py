"""The header fields of a mail that matter to us. Pure."""

from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr

from services.intake.inbound_mail.text import decoded, one_line
from services.intake.submissions.validate import LOCALE
from shared.catalog.formats import is_email
from shared.submission_fields import LONGEST_LOCALE

# Longer than any field that a person's program writes.
_LONGEST_FIELD = 4_000


def header(message: Message, name: str, most: int) -> str | None:
    """A field as people read it, on one line; None when it is missing or empty."""
    return one_line(_unfolded(_raw(message, name)), most) or None


def sender_of(message: Message) -> tuple[str | None, str | None]:
    """Address and name of the sender in From; None for what is missing or invalid."""
    name, address = parseaddr(_raw(message, "From").replace("\r", "").replace("\n", " "))
    return (address if is_email(address) else None), one_line(_unfolded(name), 100) or None


def language_of(message: Message) -> str | None:
    """The language of the mail's text, or else the one its writer prefers (RFC 3282); None where neither is declared."""
    for name in ("Content-Language", "Accept-Language"):
        tag = _raw(message, name).partition(",")[0].partition(";")[0].strip()
        if len(tag) <= LONGEST_LOCALE and LOCALE.fullmatch(tag):
            return tag
    return None


def unfolded_name(value: str) -> str:
    """A file's name as mailers write it: many encode it as a header (RFC 2047), though RFC 2231 is meant for it."""
    return one_line(_unfolded(value[:_LONGEST_FIELD]), 255)


def _raw(message: Message, name: str) -> str:
    """The field as it came; bytes beyond ASCII are read as UTF-8."""
    for field, value in message.raw_items():
        if field.lower() == name.lower():
            text = str(value)[:_LONGEST_FIELD]
            return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return ""


def _unfolded(text: str) -> str:
    """The text with its encoded words (RFC 2047) read."""
    try:
        chunks = decode_header(text)
    except (HeaderParseError, ValueError):
        return text
    return "".join(chunk if isinstance(chunk, str) else decoded(chunk, charset) for chunk, charset in chunks)
