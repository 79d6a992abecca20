"""A Celery worker for these tests: `python -m tests.faults.events.worker`. It writes one effect an event, and dies of some."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, text

from shared.events.contracts import RecordedEvent
from shared.events.subscriptions import task_name
from shared.events.suspects import SuspectProcesses
from shared.events.task import pass_suspects, register_consumer
from shared.runtime.celery_app import make_celery
from shared.settings import PlatformSettings, read
from shared.storage.database import make_engine
from tests.polling import eventually

KILLER = "T-K111-ER00"
WAITER = "T-5L0W-0000"


def handle(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Write the effects; the killer ends the process as a crash of a C library would, the waiter takes until BLOCKER is deleted."""
    for event in events:
        if event.ticket == WAITER:
            eventually(lambda: not Path(os.environ["BLOCKER"]).exists(), within=50)
        if event.ticket == KILLER:
            os._exit(139)
        connection.execute(
            text("insert into effects (event_id, ticket) values (:id, :t)"), {"id": event.event_id, "t": event.ticket}
        )


def main(subscriber: str = "", delivery: str = "") -> None:
    """Serve the queue `triage` with two processes, or as many as CONCURRENCY says; or handle one delivery.

    A single one runs the tasks itself, as those of shared.runtime.worker do.
    """
    settings = read(PlatformSettings)
    celery = make_celery(settings, ("triage",))
    register_consumer(celery, make_engine(settings, application="faults"), "triage", {"TicketWithdrawn": handle})
    if subscriber:
        celery.tasks[task_name(subscriber)].apply(args=[[int(delivery)]])
        return
    flags = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=warning"]
    concurrency = os.environ.get("CONCURRENCY", "2")
    if concurrency == "1":
        pass_suspects(celery, SuspectProcesses((sys.executable, "-m", "tests.faults.events.worker")).start)
        flags.append("--pool=solo")
    celery.worker_main(["worker", f"--concurrency={concurrency}", *flags])


if __name__ == "__main__":
    main(*sys.argv[1:])
