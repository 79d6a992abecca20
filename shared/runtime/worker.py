"""A Celery worker for one of our queues, or some.

One that needs a single task at a time runs it in its own process: a message costs a third less, and a child's memory is saved.
"""

import os
from functools import partial
from importlib import import_module
from typing import Any

from celery import signals
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from shared.auth.teams import LOOK_EVERY, known_teams
from shared.events.subscriptions import team_subscriber
from shared.events.suspects import SuspectProcesses, command
from shared.events.task import pass_suspects
from shared.runtime import heartbeat
from shared.runtime.celery_app import make_celery, queue
from shared.runtime.logs import configure, logger, quieten
from shared.runtime.parent_death import end_with_parent
from shared.runtime.processes import TEAM_QUEUES, ProcessSettings, Worker, queues_of, settings_of
from shared.runtime.time_limits import limit_tasks
from shared.storage.database import make_engine

log = logger(__name__)


def run(worker: Worker, settings: ProcessSettings) -> None:
    """Consume until SIGTERM; what is under way is then finished."""
    os.nice(worker.niceness)
    configure(settings.log_level, worker.name)
    quieten("celery.worker.strategy", "celery.app.trace")
    celery = make_celery(settings, queues_of(worker, settings.teams))
    for service in worker.services:
        import_module(f"services.{service}.worker").register(celery, settings_of(service))
    file = heartbeat.file_of(settings, worker.name)
    file.unlink(missing_ok=True)

    def beat(sender: Any, **_: Any) -> None:
        # On the consumer's own event loop: a worker that hangs stops touching it.
        heartbeat.touch(file)
        sender.timer.call_repeatedly(heartbeat.EVERY, heartbeat.touch, (file,))
        if TEAM_QUEUES in worker.queues:
            look = partial(
                _consume_new_teams, sender, make_engine(settings, application="vidare-teams", pool_size=0), settings
            )
            look()
            sender.timer.call_repeatedly(LOOK_EVERY, look)

    def follow_parent(**_: Any) -> None:
        end_with_parent()

    signals.worker_ready.connect(beat, weak=False)
    concurrency = settings.worker_concurrency or 1
    if concurrency == 1:
        limit_tasks(celery)
        pass_suspects(celery, SuspectProcesses(command(worker.services)).start)
    else:
        signals.worker_process_init.connect(follow_parent, weak=False)
    celery.worker_main(
        [
            "worker",
            f"--hostname={worker.name}@%h",
            f"--concurrency={concurrency}",
            f"--loglevel={settings.log_level.upper()}",
            f"--pool={'solo' if concurrency == 1 else 'prefork'}",
            # These have no consumer: a worker's state is in PostgreSQL (how old is what is due) and in its heartbeat.
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )


def _consume_new_teams(consumer: Any, engine: Engine, settings: ProcessSettings) -> None:
    """Consume the queues of teams that were added since the last look. `consumer` is Celery's; called on its event loop."""
    try:
        teams = known_teams(engine, settings.teams)
    except SQLAlchemyError as error:
        log.warning("could not look for new teams", error=type(error).__name__)
        return
    for name in map(team_subscriber, teams):
        if not consumer.task_consumer.consuming_from(name):
            # Among the app's queues it is also consumed from after a new connection to Redis.
            consumer.app.amqp.queues.add(queue(name))
            consumer.add_task_queue(name)
            log.info("consumes a new team's queue", queue=name)
