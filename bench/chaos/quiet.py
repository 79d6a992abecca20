"""Wait until nothing is under way, or nothing that is late."""

import time
from collections.abc import Callable

import psycopg

from bench.chaos.running_stack import RunningStack

LOOK = 1.0  # seconds between two checks

_UNDER_WAY = """
    select (select count(*) from events.deliveries where parked_at is null),
           (select count(*) from notify.emails where state in ('queued', 'sending', 'deferred')),
           (select count(*) from intake.attachments where state = 'pending')
"""

_LATE = """
    select exists (select from events.deliveries d join events.log l using (id)
                   where d.subscriber in ('triage', 'notify') and d.parked_at is null
                     and l.occurred_at < clock_timestamp() - interval '1 second')
        or exists (select from notify.emails where state in ('queued', 'sending', 'deferred')
                   and created_at < clock_timestamp() - interval '1 second')
"""


def wait_until_caught_up(stack: RunningStack, within: float) -> None:
    """Return when no submission waits for more than a second to be routed or acknowledged, or after `within` seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            with stack.database() as connection:
                row = connection.execute(_LATE).fetchone()
        except psycopg.Error:
            row = None
        if row == (False,):
            return
        time.sleep(LOOK / 5)


def wait_for_quiet(stack: RunningStack, within: float, log: Callable[[str], None]) -> str | None:
    """Return None once everything is delivered, sent and re-encoded; after `within` seconds a text on what is still under way."""
    deadline, left = time.monotonic() + within, "the database does not answer"
    logged_at = time.monotonic()
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
        if time.monotonic() > logged_at + 10:
            logged_at = time.monotonic()
            log(f"still under way: {left}")
        time.sleep(LOOK)
    return left
