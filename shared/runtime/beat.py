"""Celery beat: sends the services' ticks. It remembers nothing, since a missed or doubled tick does no harm."""

from importlib import import_module
from typing import Any

from celery.beat import Scheduler

from shared.runtime import heartbeat
from shared.runtime.celery_app import make_celery
from shared.runtime.logs import configure, quieten
from shared.runtime.processes import SERVICES, Beat, ProcessSettings, all_queues, settings_of


def run(beat: Beat, settings: ProcessSettings) -> None:
    """Tick until SIGTERM."""
    configure(settings.log_level, beat.name)
    quieten("celery.beat")
    celery = make_celery(settings, all_queues(settings.teams))
    for service in SERVICES:
        import_module(f"services.{service}.worker").register(celery, settings_of(service))
    file = heartbeat.file_of(settings, beat.name)
    file.unlink(missing_ok=True)

    class TouchingScheduler(Scheduler):  # type: ignore[misc]
        """Keeps the schedule in memory and shows that it is alive."""

        max_interval = heartbeat.EVERY

        def tick(self, *args: Any, **kwargs: Any) -> Any:
            heartbeat.touch(file)
            return super().tick(*args, **kwargs)

    celery.Beat(scheduler_cls=TouchingScheduler, loglevel=settings.log_level.upper(), quiet=True).run()
