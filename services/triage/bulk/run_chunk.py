"""Run the next chunk of a bulk or of its undo: some of its tickets, committed together with their results."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, text
from sqlalchemy.exc import DBAPIError

from services.triage.bulk.act_on_ticket import MAILS_WAIT_LONGER, Doing, Result, act_on_ticket, result_of
from services.triage.bulk.kinds import KINDS
from services.triage.bulk.undo_ticket import Undoing, undo_ticket
from services.triage.rulesets.stored import StoredRulesets
from shared.auth.principal import Principal
from shared.auth.users import find_principal_by_id
from shared.crash_points import crash_point
from shared.errors import UseCaseError
from shared.runtime.logs import logger
from shared.storage.database import is_transient

# Its tickets stay locked so long, and what else is on the queue waits so long. With a ticket that another transaction has locked, and
# the one that is begun when the time is up, a chunk ends within 2 s.
CHUNK_SECONDS = 0.5
ROWS = 200
UNDO_MINUTES = 10

_LOCK = text("""
    select id, by_id, scopes, source, action, done, total, undone_at, undone_by, undone_scopes from triage.bulks
    where id = :id and step = :step and state in ('queued', 'running') for update skip locked
""")
# A ticket that stays locked is tried again by the next chunk.
_WAIT_LESS = text("set local lock_timeout = '500ms'")
_BEGIN = text(f"""
    update triage.bulks
    set state = 'running', undo_until = coalesce(undo_until, clock_timestamp() + interval '{UNDO_MINUTES} minutes')
    where id = :id returning undo_until + interval '{MAILS_WAIT_LONGER}' as mails_after
""")
_NEXT = text("""
    select number, ticket, status, why, before, after from triage.bulk_tickets
    where bulk = :bulk and number > :done order by number limit :limit
""")
_SAVE_RESULTS = text("""
    update triage.bulk_tickets t
    set status = r.status, why = r.why, before = nullif(r.before, 'null'), after = nullif(r.after, 'null')
    from jsonb_to_recordset(cast(:results as jsonb)) as r (number integer, status text, why text, before jsonb, after jsonb)
    where t.bulk = :bulk and t.number = r.number
""")
_SAVE_PROGRESS = text("""
    update triage.bulks
    set done = :done, step = step + 1, touched_at = clock_timestamp(), state = case when :over then 'done' else state end,
        finished_at = case when :over then clock_timestamp() end
    where id = :id
""")
# Of tickets on which the undo failed; those that were undone have none.
_RELEASE_MAILS = text("""
    update triage.unsent_messages set not_before = clock_timestamp() where not_before = 'infinity' and entry = any(array(
        select cast(after ->> 'line' as bigint) from triage.bulk_tickets where bulk = :id and after is not null))
""")
_FAIL = text("""
    update triage.bulks set state = 'failed', error = :error, finished_at = clock_timestamp()
    where id = :id and state in ('queued', 'running')
""")

log = logger(__name__)
# What is done with one ticket: its row in, its result out.
OnTicket = Callable[[Row[Any]], Result]


class _Locked(Exception):
    """Another transaction has locked the ticket for long; the next chunk tries it again."""


def run_chunk(engine: Engine, rulesets: StoredRulesets, bulk: UUID, step: int) -> int | None:
    """Run chunk number `step`. Returns the number of the next chunk; None if the bulk is over or another worker has this step.

    An error that is neither transient nor of one ticket ends the bulk as failed and is raised again.
    """
    try:
        return _run_chunk(engine, rulesets, bulk, step)
    except Exception as error:
        if not is_transient(error):
            _fail_bulk(engine, bulk, error)
        raise


def _run_chunk(engine: Engine, rulesets: StoredRulesets, bulk: UUID, step: int) -> int | None:
    with engine.begin() as connection:
        row = connection.execute(_LOCK, {"id": bulk, "step": step}).one_or_none()
        if row is None:
            return None
        over = _continue(connection, rulesets, row)
        crash_point("triage.bulk_chunk_written")
    crash_point("triage.bulk_chunk_done")
    return None if over else step + 1


def _fail_bulk(engine: Engine, bulk: UUID, error: Exception) -> None:
    log.error("a bulk failed", bulk=str(bulk), error=type(error).__name__)
    with engine.begin() as connection:
        connection.execute(_FAIL, {"id": bulk, "error": type(error).__name__})
    crash_point("triage.bulk_failed")


def _continue(connection: Connection, rulesets: StoredRulesets, row: Row[Any]) -> bool:
    """Act on tickets until the time is up. Returns whether none is left."""
    connection.execute(_WAIT_LESS)
    mails_after = connection.execute(_BEGIN, {"id": row.id}).scalar_one()
    on_ticket = _acting(connection, rulesets, row, mails_after) if row.undone_at is None else _undoing(connection, row)
    tickets = connection.execute(_NEXT, {"bulk": row.id, "done": row.done, "limit": ROWS}).all()
    results = _results(connection, tickets, on_ticket)
    connection.execute(
        _SAVE_RESULTS, {"bulk": row.id, "results": json.dumps([vars(r) | {"number": n} for n, r in results])}
    )
    done = results[-1][0] if results else row.done
    over = bool(done >= row.total)
    if over and row.undone_at is not None:
        connection.execute(_RELEASE_MAILS, {"id": row.id})
    connection.execute(_SAVE_PROGRESS, {"id": row.id, "done": done, "over": over})
    return over


def _results(connection: Connection, tickets: Sequence[Row[Any]], on_ticket: OnTicket) -> list[tuple[int, Result]]:
    """The results of as many of the tickets as there is time for, by their numbers."""
    deadline = time.monotonic() + CHUNK_SECONDS
    results: list[tuple[int, Result]] = []
    for ticket in tickets:
        try:
            results.append((ticket.number, _on_ticket(connection, ticket, on_ticket)))
        except _Locked:
            break
        if time.monotonic() >= deadline:
            break
    return results


def _on_ticket(connection: Connection, ticket: Row[Any], on_ticket: OnTicket) -> Result:
    """Act in a savepoint. An error of ours on one ticket does not stop the others. Raises _Locked, or DBAPIError of a lost connection."""
    try:
        with connection.begin_nested():
            return on_ticket(ticket)
    except UseCaseError as error:
        return result_of(error)
    except Exception as error:
        if is_transient(error):
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            raise _Locked from error
        log.error("a bulk failed on a ticket", ticket=ticket.ticket, exc_info=error)
        return Result("failed", "Something went wrong on our side. It has been noted.")


def _acting(connection: Connection, rulesets: StoredRulesets, row: Row[Any], mails_after: Any) -> OnTicket:
    action: Mapping[str, Any] = row.action
    kind = KINDS[action["kind"]]
    person = _person(connection, row.by_id, row.scopes)
    values = {name: value for name, value in action.items() if name != "kind"}
    doing = Doing(row.id, kind, values, person, row.source, mails_after if kind.name == "resolution" else None)
    return lambda ticket: act_on_ticket(connection, rulesets, doing, ticket.ticket)


def _person(connection: Connection, account: UUID, scopes: Sequence[str] | None) -> Principal | None:
    """Whoever asked for it, as narrowed as their token was; None where the account was closed since."""
    person = find_principal_by_id(connection, account)
    return replace(person, scopes=frozenset(scopes)) if person is not None and scopes is not None else person


def _undoing(connection: Connection, row: Row[Any]) -> OnTicket:
    undo = Undoing(KINDS[row.action["kind"]], _person(connection, row.undone_by, row.undone_scopes))

    def on_ticket(ticket: Row[Any]) -> Result:
        if ticket.status != "done" or ticket.before is None:
            return Result(ticket.status, ticket.why)
        result = undo_ticket(connection, undo, ticket.ticket, ticket.before, ticket.after)
        return replace(result, before=ticket.before, after=ticket.after)

    return on_ticket
