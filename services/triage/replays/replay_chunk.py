"""Run the next chunk of a replay: about a second's worth of tickets, committed together with the figures."""

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
from shared.storage.database import is_transient

# Seconds for a chunk, so that other work on the queue does not wait for long.
CHUNK_SECONDS = 1.2

_LOCK = text("""
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
_SAVE_PROGRESS = text("""
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
_COPY = "copy triage.replay_changes (replay, number, ticket, before, after) from stdin"

log = logger(__name__)
Line = tuple[str, int, str, str, str]


def replay_chunk(engine: Engine, rulesets: StoredRulesets, replay: UUID, step: int) -> int | None:
    """Run chunk number `step`. Returns the number of the next chunk; None if the replay is over or another worker has this step.

    An error that is not transient ends the replay as failed and is raised again.
    """
    try:
        return _run_chunk(engine, rulesets, replay, step)
    except Exception as error:
        if not is_transient(error):
            _fail_replay(engine, replay, error)
        raise


def _run_chunk(engine: Engine, rulesets: StoredRulesets, replay: UUID, step: int) -> int | None:
    with engine.begin() as connection:
        row = connection.execute(_LOCK, {"id": replay, "step": step}).one_or_none()
        if row is None:
            return None
        over = _continue(connection, rulesets, row) if row.total is not None else _begin(connection, row)
        crash_point("triage.chunk_written")
    crash_point("triage.chunk_done")
    return None if over else step + 1


def _fail_replay(engine: Engine, replay: UUID, error: Exception) -> None:
    log.error("a replay failed", replay=str(replay), error=type(error).__name__)
    with engine.begin() as connection:
        connection.execute(_FAIL, {"id": replay, "error": f"{type(error).__name__}: {error}"[:500]})
    crash_point("triage.replay_failed")


def _begin(connection: Connection, row: Row[Any]) -> bool:
    """Count the tickets. Returns that the replay is not over."""
    total = connection.execute(_COUNT, {"since": row.since, "until": row.until}).scalar_one()
    connection.execute(_BEGIN, {"id": row.id, "total": total})
    return False


def _continue(connection: Connection, rulesets: StoredRulesets, row: Row[Any]) -> bool:
    """Decide about tickets until the time is up. Returns whether none is left."""
    deadline = time.monotonic() + CHUNK_SECONDS
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
    _save_changes(connection, lines)
    figures = {"done": done, "tally": json.dumps(tally.as_document()), "over": over}
    connection.execute(_SAVE_PROGRESS, {"id": row.id, "at": at, "reference": reference, **figures})
    return over


def _line(replay: UUID, number: int, ticket: str, change: Change) -> Line:
    before = {name: values[0] for name, values in change.items()}
    after = {name: values[1] for name, values in change.items()}
    return str(replay), number, ticket, json.dumps(before), json.dumps(after)


def _save_changes(connection: Connection, lines: Sequence[Line]) -> None:
    if not lines:
        return
    wire = cast("Wire[Any]", connection.connection.driver_connection)
    with wire.cursor() as cursor, cursor.copy(_COPY) as copy:
        for line in lines:
            copy.write_row(line)
