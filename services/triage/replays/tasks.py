"""A replay as Celery tasks: each chunk rings for the next, and a tick rings for what waits or died."""

from uuid import UUID

from celery import Celery
from sqlalchemy import Connection, Engine, text

from services.triage.replays.replay_chunk import fail_replay, replay_chunk
from services.triage.rulesets.stored import StoredRulesets
from shared.crash_points import crash_point
from shared.runtime.celery_app import queue
from shared.runtime.ticks import SLOW, register_tick
from shared.storage.database import is_transient

NAME = "triage.replay_chunk"
RING_EVERY = 1.0
# A chunk takes about a second and may wait for others on its queue; what was silent for longer has lost its worker or message.
SILENT_SECONDS = 10
KEPT_DAYS = 90
_CLEARED = 5_000

_DUE = text("""
    update triage.replays set touched_at = clock_timestamp()
    where id in (
        select id from triage.replays
        where state in ('queued', 'running') and touched_at < clock_timestamp() - make_interval(secs => :silent)
        order by touched_at limit 20 for update skip locked)
    returning id, step
""")
_CLEAR = text("""
    delete from triage.replay_changes where (replay, number) in (
        select c.replay, c.number from triage.replay_changes c join triage.replays r on r.id = c.replay
        where r.created_at < clock_timestamp() - make_interval(days => :days) and r.state not in ('queued', 'running')
        limit :limit)
""")


def register_replays(celery: Celery, engine: Engine, rulesets: StoredRulesets) -> None:
    """Define the task of a chunk and the tick that rings for what is due."""

    def ring(replay: UUID, step: int) -> None:
        celery.send_task(NAME, (str(replay), step), queue=queue(SLOW), ignore_result=True)
        crash_point("triage.replay_rung")

    @celery.task(name=NAME)  # type: ignore[untyped-decorator]
    def chunk(replay: str, step: int) -> None:
        following = one_chunk(engine, rulesets, UUID(replay), step)
        if following is not None:
            ring(UUID(replay), following)

    def ring_replays() -> None:
        with engine.begin() as connection:
            due = connection.execute(_DUE, {"silent": SILENT_SECONDS}).all()
        crash_point("triage.replays_due")
        for row in due:
            ring(row.id, row.step)

    register_tick(celery, "triage.ring_replays", RING_EVERY, ring_replays)


def one_chunk(engine: Engine, rulesets: StoredRulesets, replay: UUID, step: int) -> int | None:
    """replay_chunk, but what will not pass by itself ends the replay and is told to those who wait for it."""
    try:
        return replay_chunk(engine, rulesets, replay, step)
    except Exception as error:
        if not is_transient(error):
            fail_replay(engine, replay, error)
        raise


def clear_replays(connection: Connection) -> bool:
    """Forget the changes that old replays listed, a handful at a time; their figures stay. Returns whether there may be more."""
    return connection.execute(_CLEAR, {"days": KEPT_DAYS, "limit": _CLEARED}).rowcount == _CLEARED
