"""Waiting until nothing is under way any more."""

import time
from collections.abc import Callable

import psycopg

from bench.chaos.running_stack import RunningStack

LOOK = 1.0  # seconds between two looks

_UNDER_WAY = """
    select (select count(*) from events.deliveries where parked_at is null),
           (select count(*) from notify.emails where state in ('queued', 'sending', 'deferred')),
           (select count(*) from intake.attachments where state = 'pending')
"""


def wait_for_quiet(stack: RunningStack, within: float, say: Callable[[str], None]) -> str | None:
    """Return once all is delivered, sent and re-encoded; after `within` seconds what is still under way, in words."""
    deadline, left = time.monotonic() + within, "the database does not answer"
    said_at = time.monotonic()
    while time.monotonic() < deadline:
        try:
            with stack.database() as connection:
                row = connection.execute(_UNDER_WAY).fetchone()
        except psycopg.Error:
            row = None
        if row is not None:
            if not any(row):
                return None
            left = f"{row[0]} deliveries, {row[1]} e-mails, {row[2]} files"
        if time.monotonic() > said_at + 10:
            said_at = time.monotonic()
            say(f"still under way: {left}")
        time.sleep(LOOK)
    return left
