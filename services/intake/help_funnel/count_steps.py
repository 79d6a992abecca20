"""Count steps at help topics, and visitors who came back although the help had seemed to solve their problem.

Came back: the same HMAC of network and browser opens the help or the form of a path again within 24 hours, after "That solved it"
there, or after half an hour without a submission. Its key is random, renewed daily and kept for 48 hours.
"""

import hashlib
import hmac
import json
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

_TODAY = "(clock_timestamp() at time zone 'UTC')::date"

_KEYS = text(f"select key from intake.visit_keys where day in ({_TODAY}, {_TODAY} - 1) order by day desc")
_HAS_TODAY = text(f"select exists (select from intake.visit_keys where day = {_TODAY})")
_NEW_KEY = text(f"insert into intake.visit_keys (day, key) values ({_TODAY}, :key) on conflict do nothing")

_COUNT = text("""
    insert into intake.help_counts (path, step, count)
    select path, step, count from jsonb_to_recordset(cast(:counts as jsonb)) as c (path text, step text, count integer)
""")

_LEFT = text("""
    with before as (delete from intake.visits where visitor = any(:visitors) and path = :path returning at, solved, wrote)
    select coalesce(bool_or(not wrote and at > clock_timestamp() - interval '24 hours'
                            and (solved or at < clock_timestamp() - interval '30 minutes')), false)
    from before
""")
_VISIT = text("""
    insert into intake.visits (visitor, path) values (:visitor, :path)
    on conflict (visitor, path) do update set at = clock_timestamp(), solved = false, wrote = false
""")
_END = {
    "solved": text(
        "update intake.visits set solved = true, at = clock_timestamp() where visitor = any(:visitors) and path = :path"
    ),
    "submitted": text(
        "update intake.visits set wrote = true, at = clock_timestamp() where visitor = any(:visitors) and path = :path"
    ),
}


@dataclass(frozen=True)
class HelpStep:
    """A step at a path; network and browser are forgotten once it is written."""

    step: str
    path: str
    network: str
    browser: str


def count_steps(connection: Connection, steps: Sequence[HelpStep]) -> None:
    """Count the steps, in the caller's transaction, in their order."""
    keys = _keys(connection)
    counts = Counter((step.path, step.step) for step in steps)
    for step in steps:
        if _came_back(connection, step, [_visitor(key, step) for key in keys]):
            counts[step.path, "came_back"] += 1
    rows = [{"path": path, "step": step, "count": count} for (path, step), count in counts.items()]
    connection.execute(_COUNT, {"counts": json.dumps(rows)})


def _came_back(connection: Connection, step: HelpStep, visitors: list[bytes]) -> bool:
    whose = {"visitors": visitors, "path": step.path}
    if step.step in _END:
        connection.execute(_END[step.step], whose)
        return False
    back: bool = connection.execute(_LEFT, whose).scalar_one()
    connection.execute(_VISIT, {"visitor": visitors[0], "path": step.path})
    return back


def _keys(connection: Connection) -> list[bytes]:
    """The keys of today and, if there is one, of yesterday."""
    if not connection.execute(_HAS_TODAY).scalar_one():
        connection.execute(_NEW_KEY, {"key": secrets.token_bytes(32)})
    return [bytes(key) for key in connection.execute(_KEYS).scalars()]


def _visitor(key: bytes, step: HelpStep) -> bytes:
    return hmac.digest(key, f"{step.network}\n{step.browser}".encode(), hashlib.sha256)
