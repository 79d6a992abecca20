"""How an agent is named to a requester. Pure."""

import re

_LONGEST_NAME = 40
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Marks that turn the direction of what follows, our own words included.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def first_name(name: object) -> str | None:
    """The first word of an agent's name; None for one that is no name, such as an address, which the requester is not to learn."""
    words = one_line(str(name or "")).split()
    first = words[0].strip(",;:\"'()<>") if words else ""
    return first[:_LONGEST_NAME] if first and "@" not in first else None


def one_line(text: str) -> str:
    """`text` with spaces for control characters and line breaks, without marks of direction."""
    return _DIRECTION.sub("", CONTROL.sub(" ", text))
