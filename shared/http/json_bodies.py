"""Strict reading of JSON: no use case gets a text that PostgreSQL or an e-mail cannot hold."""

import json
import re
from collections import Counter
from collections.abc import Iterator

from shared.errors import Unprocessable, Unreadable

# Deeper than any document of ours; Python's parser raises RecursionError at about 1,000.
DEEPEST = 64
NOT_AN_OBJECT = "This must be a JSON object."
NOT_TEXT = "Holds characters that are not text."
REPEATED = "This was given more than once."
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def read_json(raw: bytes | str) -> object:
    """The value of the JSON document `raw`.

    Raises Unreadable when it is not JSON (also for NaN, infinite or enormous numbers, and too deep nesting), and Unprocessable for a
    name that an object has twice (parsers differ in which they use: RFC 8259, 4) and for each text with a NUL or a lone surrogate.
    """
    try:
        value = json.loads(raw, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The body is not valid JSON.") from error
    if _depth(value) > DEEPEST:
        raise Unreadable(f"The body is nested deeper than {DEEPEST} levels.")
    if not _may_be_unwritable(raw):
        return value
    errors = {path: [NOT_TEXT] for path in _unwritable(value, "")}
    if errors:
        raise Unprocessable(errors)
    return value


def read_json_object(raw: bytes | str) -> dict[str, object]:
    """As read_json, of a document that is an object. Raises Unprocessable for another one."""
    value = read_json(raw)
    if not isinstance(value, dict):
        raise Unprocessable({"body": [NOT_AN_OBJECT]})
    return value


def is_writable(text: str) -> bool:
    """Whether Postgres and UTF-8 can hold `text`: no NUL, no lone surrogate."""
    return _UNWRITABLE.search(text) is None


def _may_be_unwritable(raw: bytes | str) -> bool:
    """Whether such a text is possible: in valid UTF-8 JSON it needs an escape, and most bodies have none."""
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
    """How deep containers are nested; iterative, since that may be deep."""
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
