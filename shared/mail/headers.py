"""Header fields of mails as people read them, however they are encoded. Pure."""

import base64
import quopri
import re
from email.message import Message

from shared.mail.charsets import decode

# Longer than any field that a person's program writes.
LONGEST_FIELD = 4_000

_ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,3000})\?=")
# White space between two encoded words is none of the text (RFC 2047, 6.2).
_BETWEEN_WORDS = re.compile(r"(=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,3000}\?=)\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")


def raw_header(message: Message, name: str) -> str:
    """The first field of this name as it came, "" for none; bytes beyond ASCII are read as text would be (RFC 6532 allows UTF-8)."""
    return next(iter(raw_headers(message, name)), "")


def raw_headers(message: Message, name: str) -> list[str]:
    """Every field of this name, as raw_header reads them."""
    return [
        _readable(str(value)[:LONGEST_FIELD]) for field, value in message.raw_items() if field.lower() == name.lower()
    ]


def decoded(text: str) -> str:
    """The text with its encoded words (RFC 2047) read; what stands beside them stays."""
    text = _readable(text)
    text = _BETWEEN_WORDS.sub(r"\1", text)
    return _join_words(text)


def _readable(text: str) -> str:
    raw = text.encode("utf-8", "surrogateescape")
    return text if raw.isascii() and b"\x1b" not in raw else decode(raw)


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
