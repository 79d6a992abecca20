"""Keyset paging: `?limit=&cursor=` in, `{"items", "next_cursor"}` out.

A cursor holds the sort values of the last row shown, so that each row that existed throughout is shown exactly once while new rows
arrive. The sort values must be unique and never change.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import marshmallow as ma

from shared.errors import Unprocessable

Row = TypeVar("Row")
Key = tuple[str | int | float, ...]


class PageArguments(ma.Schema):
    """The query of every list."""

    limit = ma.fields.Integer(
        load_default=50, validate=ma.validate.Range(1, 200), metadata={"description": "How many at most."}
    )
    cursor = ma.fields.String(load_default=None, metadata={"description": "`next_cursor` of the page before."})


def encode(key: Key) -> str:
    """An opaque cursor for the row whose sort values are `key`."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode(cursor: str | None, kinds: Sequence[type]) -> Key | None:
    """The sort values in `cursor` (None for none), which must be of these `kinds`. Raises Unprocessable for anything else."""
    if not cursor:
        return None
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        key = json.loads(raw)
    except (ValueError, binascii.Error, RecursionError):
        key = None
    if (
        not isinstance(key, list)
        or len(key) != len(kinds)
        or any(type(one) is not kind for one, kind in zip(key, kinds, strict=True))
    ):
        raise Unprocessable({"cursor": ["Not a cursor of this list."]})
    if any((isinstance(one, int) and abs(one) >= 2**63) or (isinstance(one, str) and "\x00" in one) for one in key):
        raise Unprocessable({"cursor": ["Not a cursor of this list."]})
    return tuple(key)


def page(
    rows: Sequence[Row], limit: int, key: Callable[[Row], Key], show: Callable[[Row], Mapping[str, Any]]
) -> dict[str, Any]:
    """The answer for `rows`, of which the caller selected one more than `limit` to know whether there are more."""
    shown = rows[:limit]
    return {
        "items": [show(row) for row in shown],
        "next_cursor": encode(key(shown[-1])) if len(rows) > limit and shown else None,
    }
