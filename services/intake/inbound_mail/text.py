"""Turns bytes of a mail into text that can be shown and stored. Pure."""

import codecs
import re

# Unicode's control characters but for line end and tab; lone surrogates, which neither JSON nor Postgres takes; bidi overrides,
# with which a text can be made to look like another.
_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")
_BLANKS = re.compile(r"[ \t\u00a0]+$", re.MULTILINE)
_GAPS = re.compile(r"\n{4,}")
# Codecs of Python's that no mailer means, some of which take time that grows with the square of the length.
_NOT_CHARSETS = {"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"}


def decoded(raw: bytes, charset: str | None) -> str:
    """The text in its declared character set; where that is missing or wrong, as UTF-8, or else as Windows-1252."""
    for name in (charset, "utf-8"):
        if name and _is_charset(name):
            try:
                return raw.decode(name)
            except (UnicodeError, LookupError, ValueError):
                continue
    return raw.decode("cp1252", "replace")


def tidy(text: str) -> str:
    """The text with plain line ends, without what cannot be shown, blanks before line ends, and heaps of empty lines."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return _GAPS.sub("\n\n\n", _BLANKS.sub("", _UNSHOWN.sub("", plain))).strip("\n")


def one_line(text: str, most: int) -> str:
    """The text on one line, at most so many characters."""
    return " ".join(_UNSHOWN.sub(" ", text.replace("\n", " ")).split())[:most]


def _is_charset(name: str) -> bool:
    try:
        return codecs.lookup(name).name not in _NOT_CHARSETS
    except (LookupError, ValueError, UnicodeError):
        return False
