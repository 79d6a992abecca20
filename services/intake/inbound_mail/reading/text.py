"""Text that can be shown and kept, out of whatever bytes came. Pure."""

import re

# Unicode's control characters but for line end and tab; lone surrogates, which neither JSON nor Postgres takes; bidi overrides,
# with which a text can be made to look like another.
_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")
_BLANKS = re.compile(r"[ \t\u00a0]+$", re.MULTILINE)
_GAPS = re.compile(r"\n{4,}")


def tidy(text: str) -> str:
    """The text with plain line ends, without what cannot be shown, blanks before line ends, and heaps of empty lines."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return _GAPS.sub("\n\n\n", _BLANKS.sub("", _UNSHOWN.sub("", plain))).strip("\n")


def one_line(text: str, most: int) -> str:
    """The text on one line, at most so many characters."""
    return " ".join(_UNSHOWN.sub(" ", text.replace("\n", " ")).split())[:most]
