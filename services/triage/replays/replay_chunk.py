"""Does the next part of a replay: a second's worth of tickets, in one transaction with the figures."""

import json
import time
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from psycopg import Connection as Wire
from sqlalchemy import Connection, Engine, Row, text

from services.triage.replays.past_tickets import ROWS, past_tickets
from services.triage.rules.tally import Change, Tally
from services.triage.rulesets.stored import StoredRulesets
from shared.crash_points import crash_point
from shared.runtime.logs import logger

# Others on the queue get their turn after so many seconds.
SECONDS = 1.2

_TAKE = text("""
    select id, ruleset, since, until, at, reference, done, total, tally
    from triage.replays where id = :id and step = :step and state in ('queued', 'running') for update skip locked
""")
_COUNT = text("""
    select count(*) from triage.tickets
    where created_at at time zone 'UTC' > cast(:since as timestamptz) at time zone 'UTC'
      and created_at at time zone 'UTC' <= cast(:until as timestamptz) at time zone 'UTC'
""")
_BEGIN = text("""
    update triage.replays set state = 'running', total = :total, at = since, step = step + 1, touched_at = clock_timestamp()
    where id = :id
""")
_GO_ON = text("""
    update triage.replays
    set at = :at, reference = :reference, done = :done, tally = cast(:tally as jsonb), step = step + 1,
        touched_at = clock_timestamp(), state = case when :over then 'done' else state end,
        total = case when :over then :done else total end, finished_at = case when :over then clock_timestamp() end
    where id = :id
""")
_FAIL = text("""
    update triage.replays set state = 'failed', error = :error, finished_at = clock_timestamp()
    where id = :id and state in ('queued', 'running')
""")
_KEEP = "copy triage.replay_changes (replay, number, ticket, before, after) from stdin"

log = logger(__name__)
Line = tuple[str, int, str, str, str]


def replay_chunk(engine: Engine, rulesets: StoredRulesets, replay: UUID, step: int) -> int | None:
    """Do step number `step` of the replay. Returns the number of the next, None where none is left for the caller: the replay
    is over, or somebody else does it.
    """
    with engine.begin() as connection:
        row = connection.execute(_TAKE, {"id": replay, "step": step}).one_or_none()
        if row is None:
            return None
        over = _go_on(connection, rulesets, row) if row.total is not None else _begin(connection, row)
        crash_point("triage.chunk_written")
    crash_point("triage.chunk_done")
    return None if over else step + 1


def fail_replay(engine: Engine, replay: UUID, error: Exception) -> None:
    """Say that the replay cannot be done."""
    log.error("a replay failed", replay=str(replay), error=type(error).__name__)
    with engine.begin() as connection:
        connection.execute(_FAIL, {"id": replay, "error": f"{type(error).__name__}: {error}"[:500]})
    crash_point("triage.replay_failed")


def _begin(connection: Connection, row: Row[Any]) -> bool:
    """Count the tickets; whether the replay is over, which it is not."""
    total = connection.execute(_COUNT, {"since": row.since, "until": row.until}).scalar_one()
    connection.execute(_BEGIN, {"id": row.id, "total": total})
    return False


def _go_on(connection: Connection, rulesets: StoredRulesets, row: Row[Any]) -> bool:
    """Decide about tickets until the time is up; returns whether none is left."""
    deadline = time.monotonic() + SECONDS
    ruleset = rulesets.numbered(connection, row.ruleset).compiled
    tally = Tally.of_document(row.tally)
    at, reference, done, over = row.at, row.reference, row.done, False
    lines: list[Line] = []
    while not over and time.monotonic() < deadline:
        read = 0
        for ticket in past_tickets(connection, at, reference, row.until):
            change = tally.count(ruleset, ticket.facts, ticket.decision, ticket.resolver)
            if change:
                lines.append(_line(row.id, tally.changed, ticket.reference, change))
            at, reference, read = ticket.created_at, ticket.reference, read + 1
        done, over = done + read, read < ROWS
    _keep(connection, lines)
    figures = {"done": done, "tally": json.dumps(tally.as_document()), "over": over}
    connection.execute(_GO_ON, {"id": row.id, "at": at, "reference": reference, **figures})
    return over


def _line(replay: UUID, number: int, ticket: str, change: Change) -> Line:
    before = {name: values[0] for name, values in change.items()}
    after = {name: values[1] for name, values in change.items()}
    return str(replay), number, ticket, json.dumps(before), json.dumps(after)


def _keep(connection: Connection, lines: Sequence[Line]) -> None:
    if not lines:
        return
    wire = cast("Wire[Any]", connection.connection.driver_connection)
    with wire.cursor() as cursor, cursor.copy(_KEEP) as copy:
        for line in lines:
            copy.write_row(line)
