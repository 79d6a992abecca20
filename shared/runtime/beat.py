"""Celery beat: sends the services' ticks. It remembers nothing, since a missed or doubled tick does no harm."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from celery.beat import ScheduleEntry, Scheduler
from redis.exceptions import RedisError

from shared.events.messages import MessageFormat, message_broker
from shared.runtime import heartbeat
from shared.runtime.celery_app import make_celery
from shared.runtime.logs import configure, logger, quieten
from shared.runtime.processes import SERVICES, Beat, ProcessSettings, all_queues, settings_of

log = logger(__name__)


def run(beat: Beat, settings: ProcessSettings) -> None:
    """Tick until SIGTERM."""
    configure(settings.log_level, beat.name)
    quieten("celery.beat")
    celery = make_celery(settings, all_queues(settings.teams))
    for service in SERVICES:
        import_module(f"services.{service}.worker").register(celery, settings_of(service))
    file = heartbeat.file_of(settings, beat.name)
    file.unlink(missing_ok=True)

    redis = message_broker(settings)
    made = MessageFormat()

    class TouchingScheduler(Scheduler):  # type: ignore[misc]
        """Keeps the schedule in memory, shows that it is alive, and sends as the relay does: an idle system does little else."""

        max_interval = heartbeat.EVERY

        def tick(self, *args: Any, **kwargs: Any) -> Any:
            heartbeat.touch(file)
            return super().tick(*args, **kwargs)

        def adjust(self, n: float, drift: float = 0.0) -> float:
            """Sleep until the next entry is due. Celery wakes 10 ms earlier and then looks again and again."""
            return n

        def apply_async(self, entry: ScheduleEntry, *args: Any, **kwargs: Any) -> None:
            """Send the entry's message. One that cannot be sent is missed; the next comes in its time."""
            queue, seconds = entry.options["queue"].name, entry.options["expires"]
            message = made.task_message(queue, entry.task, expires=datetime.now(UTC) + timedelta(seconds=seconds))
            try:
                redis.lpush(queue, message)
            except RedisError as error:
                log.warning("tick not sent", task=entry.task, error=type(error).__name__)

    celery.Beat(scheduler_cls=TouchingScheduler, loglevel=settings.log_level.upper(), quiet=True).run()
