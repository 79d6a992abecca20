"""Reading JSON strictly, so that nothing reaches a use case that Postgres or an e-mail could not hold."""

import json
import re
from collections import Counter
from collections.abc import Iterator

from shared.errors import Unprocessable, Unreadable

# Deeper nesting than any document of ours has; Python's parser would end in a RecursionError at about 1,000.
DEEPEST = 64
NOT_TEXT = "Holds characters that are not text."
REPEATED = "This was given more than once."
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def read_json(raw: bytes | str) -> object:
    """The value that `raw` spells.

    Raises Unreadable when it is no JSON (NaN, infinite or enormous numbers and absurd nesting are none either), and Unprocessable
    naming a name that an object has twice, or each text that holds a NUL or half a surrogate pair: JSON can spell these, but readers
    differ in which of the two counts (RFC 8259, 4), and those are no text.
    """
    try:
        value = json.loads(raw, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The body is not valid JSON.") from error
    if _depth(value) > DEEPEST:
        raise Unreadable(f"The body is nested deeper than {DEEPEST} levels.")
    if not _may_be_unwritable(raw):
        return value
    faults = {path: [NOT_TEXT] for path in _unwritable(value, "")}
    if faults:
        raise Unprocessable(faults)
    return value


def is_writable(text: str) -> bool:
    """Whether Postgres and UTF-8 can hold `text`: no NUL, no lone surrogate."""
    return _UNWRITABLE.search(text) is None


def _may_be_unwritable(raw: bytes | str) -> bool:
    """Whether there can be such a text at all: in valid UTF-8 JSON it needs an escape, and most bodies have none."""
    return True if isinstance(raw, str) else b"\\u" in raw


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    named = dict(pairs)
    if len(named) < len(pairs):
        names = Counter(name for name, _ in pairs)
        raise Unprocessable(
            {name if is_writable(name) else "body": [REPEATED] for name, times in names.items() if times > 1}
        )
    return named


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number too large")
    return number


def _depth(value: object) -> int:
    """How many containers lie inside each other; iterative, since the answer may be large."""
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        children = one.values() if isinstance(one, dict) else one if isinstance(one, list) else None
        if children is not None:
            deepest = max(deepest, depth)
            waiting.extend((child, depth + 1) for child in children)
    return deepest


def _unwritable(value: object, path: str) -> Iterator[str]:
    """The paths of all texts (and names) that cannot be written."""
    if isinstance(value, str):
        if not is_writable(value):
            yield path or "body"
    elif isinstance(value, dict):
        for name, child in value.items():
            if not is_writable(name):
                yield path or "body"
            else:
                yield from _unwritable(child, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _unwritable(child, f"{path}[{index}]")
