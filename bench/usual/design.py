"""Read the usual design's results."""

import time

import psycopg
from redis import Redis, RedisError

from bench.chaos.arrived import Arrived
from bench.chaos.design import Design, Log
from bench.chaos.recovery import Way
from bench.chaos.running_stack import RunningStack
from bench.usual.tables import reference_of

# Seconds without any change after which nothing more is expected: twice the longest back-off of a task, and some more. A
# message in Celery's "unacked" set comes back after its visibility timeout, an hour; that is counted, and not waited for.
STILL = 75.0
LOOK = 1.0

_STATE = """
    select count(*), count(team), count(acknowledged_at) from tickets
"""


def _wait_for_quiet(stack: RunningStack, within: float, log: Log) -> str | None:
    """Return None once nothing changes any more; what is missing then is lost."""
    deadline, last, since = time.monotonic() + within, None, time.monotonic()
    while time.monotonic() < deadline:
        now = _state(stack)
        if now is None or now != last:
            last, since = now, time.monotonic()
        elif time.monotonic() > since + STILL:
            return None
        time.sleep(LOOK)
    return f"still changing: {last}"


def _state(stack: RunningStack) -> tuple[object, ...] | None:
    try:
        with stack.database() as connection, Redis.from_url(stack.told["redis_url"], socket_timeout=3) as broker:
            row = connection.execute(_STATE).fetchone()
            return (*(row or ()), broker.llen("triage"), broker.llen("notify"))
    except (psycopg.Error, RedisError):
        return None


def _arrived(stack: RunningStack) -> Arrived:
    files: dict[str, list[tuple[str, str, str]]] = {}
    submissions, tickets, acknowledgements = {}, {}, {}
    with stack.database() as connection:
        for number, email, message, team, name, digest, acknowledged in connection.execute(
            "select id, email, message, team, object, sha256, acknowledged_at is not null from tickets"
        ):
            reference = reference_of(number)
            submissions[reference] = email
            if team is not None:
                tickets[reference] = (email, message)
            if name is not None:
                files.setdefault(reference, []).append((name, digest, "kept"))
            acknowledgements[reference] = int(acknowledged)
    with Redis.from_url(stack.told["redis_url"]) as broker:
        asleep = int(str(broker.hlen("unacked")))
    return Arrived(submissions, tickets, files, acknowledgements, asleep=asleep)


def _ways(stack: RunningStack) -> list[Way]:
    """It does not record the times."""
    return []


USUAL = Design(
    name="commit, then .delay()",
    module="bench.usual.stack",
    wait_until_caught_up=lambda stack, within: None,  # it would wait for lost tickets each time
    wait_for_quiet=_wait_for_quiet,
    arrived=_arrived,
    ways=_ways,
)
