"""Reads JSON of strangers: size, nesting and doubled keys are checked, so that reading it never raises."""

import json
import re
from collections import Counter

from shared.validation import ValidationError
from shared.yaml_lines import MAX_NESTING

MAX_JSON_BYTES = 4 << 20
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_OPENING, _CLOSING = b"[{", b"]}"
_NO_BRACKETS = bytes(code for code in range(256) if code not in _OPENING + _CLOSING)


class _Doubled(ValueError):
    pass


def read_json(body: bytes) -> tuple[object, list[ValidationError]]:
    """The value of the JSON, or None and why it cannot be read."""
    if len(body) > MAX_JSON_BYTES:
        return None, [ValidationError("document", f"larger than {MAX_JSON_BYTES >> 20} MiB")]
    if _nesting(body) > MAX_NESTING:
        return None, [ValidationError("document", f"nested deeper than {MAX_NESTING} lists and mappings")]
    try:
        return json.loads(body, object_pairs_hook=_once, parse_constant=_refuse_constant), []
    except _Doubled as error:
        return None, [ValidationError("document", str(error))]
    except json.JSONDecodeError as error:
        return None, [ValidationError("document", f"not JSON: {error.msg}", error.lineno)]
    except (ValueError, RecursionError) as error:
        return None, [ValidationError("document", f"not JSON: {str(error)[:200]}")]


def _nesting(body: bytes) -> int:
    """How deep the brackets go; what is too deep is not counted to its end."""
    deepest = depth = 0
    for bracket in _STRING.sub(b"", body).translate(None, _NO_BRACKETS):
        if bracket in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
            if depth > MAX_NESTING:
                break
        else:
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        counted = Counter(key for key, _ in pairs)
        twice = counted.most_common(1)[0][0]
        raise _Doubled(f"the key {twice[:60]!r} is there twice")
    return mapping


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
