"""The header fields of a mail that matter to us. Pure."""

import base64
import quopri
import re
from email.message import Message

from services.intake.inbound_mail.text import one_line
from services.intake.submissions.validate import LOCALE
from shared.mail.addresses import is_address
from shared.mail.charsets import decode
from shared.submission_fields import LONGEST_LOCALE

_BRACKETED = re.compile(r"<([^<>]{3,320})>")
_WORD = re.compile(r"[^\s,;]{1,64}@[^\s,;]{1,256}")
_COMMENT = re.compile(r"\(([^()]{0,200})\)")
# Longer than any field that a person's program writes.
_LONGEST_FIELD = 4_000


def header(message: Message, name: str, most: int) -> str | None:
    """A field as people read it, on one line; None when it is missing or empty."""
    return one_line(_unfolded(raw_header(message, name)), most) or None


def sender_of(message: Message, *, smtputf8: bool = False) -> tuple[str | None, str | None]:
    """Address and name of the first From that names one; None for what is missing or no address."""
    found = (_mailbox(field, smtputf8) for field in _all_raw(message, "From"))
    return next((mailbox for mailbox in found if mailbox[0]), (None, None))


def requester_of(message: Message, *, smtputf8: bool = False) -> tuple[str | None, str | None]:
    """Who asks: the Reply-To where that is one address (contact forms and groups put the writer there), else the From.

    `smtputf8`: addresses may be beyond ASCII before the @.
    """
    fields = _all_raw(message, "Reply-To")
    addresses = {address.lower() for field in fields for address in _addresses(field, smtputf8)}
    if len(addresses) == 1:
        found = _mailbox(fields[0], smtputf8)
        sender = sender_of(message, smtputf8=smtputf8)
        if found[0]:
            return found if found[1] or (sender[0] or "").lower() != found[0].lower() else sender
    return sender_of(message, smtputf8=smtputf8)


def _mailbox(field: str, smtputf8: bool) -> tuple[str | None, str | None]:
    """The first address in a field, and the name beside it, however the field is quoted.

    Mail programs and forms write `Doe, Ann <a@x>` without quotes, no angle brackets, a dot at the end, or the address twice. RFC 5322,
    3.4 allows none of these, and the standard library's parser gives up on them (since 3.12.6 on purpose, CVE-2023-27043).
    """
    flat = field.replace("\r", "").replace("\n", " ")
    for found in _BRACKETED.finditer(flat):
        address = found[1].strip().rstrip(".")
        if is_address(address, smtputf8=smtputf8):
            start = flat.rfind(">", 0, found.start()) + 1
            return address, _name(flat[start : found.start()].lstrip(" ,;"), address)
    for word in _WORD.finditer(_COMMENT.sub(" ", flat)):
        address = word[0].strip("<>\"'();:,.[]")
        if is_address(address, smtputf8=smtputf8):
            comment = _COMMENT.search(flat)
            return address, _name(comment[1] if comment else flat.replace(word[0], " ", 1), address)
    return None, None


def _addresses(field: str, smtputf8: bool) -> list[str]:
    flat = field.replace("\r", "").replace("\n", " ")
    bracketed = [found[1].strip().rstrip(".") for found in _BRACKETED.finditer(flat)]
    return [one for one in bracketed if is_address(one, smtputf8=smtputf8)] or [
        word for found in _WORD.finditer(flat) if is_address(word := found[0].strip("<>\"'();:,.[]"), smtputf8=smtputf8)
    ]


def _name(text: str, address: str) -> str | None:
    plain = one_line(_unfolded(text).strip().strip("\"'").replace("\\", "").strip(), 100)
    return plain if plain and plain.lower() != address.lower() else None


def language_of(message: Message) -> str | None:
    """The language of the mail's text, or else the one its writer prefers (RFC 3282); None where neither is declared."""
    for name in ("Content-Language", "Accept-Language"):
        tag = raw_header(message, name).partition(",")[0].partition(";")[0].strip()
        if len(tag) <= LONGEST_LOCALE and LOCALE.fullmatch(tag):
            return tag
    return None


def unfolded_name(value: str) -> str:
    """A file's name as mailers write it: many encode it as a header (RFC 2047), though RFC 2231 is meant for it."""
    return one_line(_unfolded(value[:_LONGEST_FIELD]), 255)


def raw_header(message: Message, name: str) -> str:
    """The field as it came; bytes beyond ASCII are read as text would be (RFC 6532 allows UTF-8; others write what they like)."""
    return next(iter(_all_raw(message, name)), "")


def _all_raw(message: Message, name: str) -> list[str]:
    return [
        _readable(str(value)[:_LONGEST_FIELD]) for field, value in message.raw_items() if field.lower() == name.lower()
    ]


def _readable(text: str) -> str:
    raw = text.encode("utf-8", "surrogateescape")
    return text if raw.isascii() and b"\x1b" not in raw else decode(raw)


def _unfolded(text: str) -> str:
    """The text with its encoded words (RFC 2047) read; what stands beside them stays."""
    text = _readable(text)
    text = _BETWEEN_WORDS.sub(r"\1", text)
    return _join_words(text)


_ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,3000})\?=")
# White space between two encoded words is none of the text (RFC 2047, 6.2).
_BETWEEN_WORDS = re.compile(r"(=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,3000}\?=)\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")


def _join_words(text: str) -> str:
    """Encoded words, read one after the other.

    Bytes of one character set that follow each other are read together, since mail programs cut characters in two.
    """
    out: list[str] = []
    pending, label, end = b"", "", 0
    for found in _ENCODED.finditer(text):
        charset = found[1].partition("*")[0].lower()
        between = text[end : found.start()]
        if pending and (between or charset != label):
            out.append(decode(pending, label))
            pending = b""
        out.append(between)
        pending += _word_bytes(found[2].lower(), found[3])
        label, end = charset, found.end()
    if pending:
        out.append(decode(pending, label))
    return "".join([*out, text[end:]])


def _word_bytes(encoding: str, body: str) -> bytes:
    raw = body.encode("utf-8", "replace")
    if encoding == "q":
        return quopri.decodestring(raw.replace(b"_", b" "), header=True)
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except ValueError:
        return raw
