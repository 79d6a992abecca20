"""The Celery tasks of bulks: one runs a chunk and sends the next, a tick sends chunks that are due."""

from uuid import UUID

from celery import Celery

from services.triage.bulk.run_chunk import run_chunk
from services.triage.deps import Deps
from services.triage.ticks.due_chunks import due_chunks
from shared.crash_points import crash_point
from shared.runtime.celery_app import queue
from shared.runtime.ticks import SLOW, register_tick

NAME = "triage.bulk_chunk"
TICK = "triage.send_bulk_chunks"
TICK_EVERY = 1.0  # seconds


def register_bulks(celery: Celery, deps: Deps) -> None:
    """Define the task and the tick."""
    engine, rulesets = deps.engine, deps.rulesets

    def send_chunk(bulk: UUID, step: int) -> None:
        celery.send_task(NAME, (str(bulk), step), queue=queue(SLOW), ignore_result=True)
        crash_point("triage.bulk_chunk_sent")

    @celery.task(name=NAME, shared=False)  # type: ignore[untyped-decorator]
    def chunk(bulk: str, step: int) -> None:
        following = run_chunk(engine, rulesets, UUID(bulk), step)
        if following is not None:
            send_chunk(UUID(bulk), following)

    def send_due_chunks() -> None:
        with engine.begin() as connection:
            due = due_chunks(connection, "triage.bulks")
        crash_point("triage.bulks_due")
        for bulk, step in due:
            send_chunk(bulk, step)

    register_tick(celery, TICK, TICK_EVERY, send_due_chunks)
