"""The Celery tasks of replays: one runs a chunk and sends the next, a tick sends chunks that are due."""

from uuid import UUID

from celery import Celery

from services.triage.deps import Deps
from services.triage.replays.replay_chunk import replay_chunk
from services.triage.ticks.due_chunks import due_chunks
from shared.crash_points import crash_point
from shared.runtime.celery_app import queue
from shared.runtime.ticks import SLOW, register_tick

NAME = "triage.replay_chunk"
TICK = "triage.ring_replays"
TICK_EVERY = 1.0  # seconds


def register_replays(celery: Celery, deps: Deps) -> None:
    """Define the task and the tick."""
    engine, rulesets = deps.engine, deps.rulesets

    def send_chunk(replay: UUID, step: int) -> None:
        celery.send_task(NAME, (str(replay), step), queue=queue(SLOW), ignore_result=True)
        crash_point("triage.replay_chunk_sent")

    @celery.task(name=NAME, shared=False)  # type: ignore[untyped-decorator]
    def chunk(replay: str, step: int) -> None:
        following = replay_chunk(engine, rulesets, UUID(replay), step)
        if following is not None:
            send_chunk(UUID(replay), following)

    def send_due_chunks() -> None:
        with engine.begin() as connection:
            due = due_chunks(connection, "triage.replays")
        crash_point("triage.replays_due")
        for replay, step in due:
            send_chunk(replay, step)

    register_tick(celery, TICK, TICK_EVERY, send_due_chunks)
