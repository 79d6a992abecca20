"""Deliveries that came back too often are handled in a process of their own, since they may have killed their worker.

A worker that runs tasks in its own process would die with each of them, and the runner waits ever longer to start it again.
"""

import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module

from shared.events.subscriptions import task_call
from shared.runtime.celery_app import make_celery
from shared.runtime.logs import configure, logger
from shared.runtime.parent_death import end_with_parent
from shared.runtime.processes import settings_of
from shared.runtime.time_limits import limit_tasks
from shared.settings import PlatformSettings, read

# At once; each loads the services' code, for a second or two.
MOST = 2

log = logger(__name__)


def command(services: Sequence[str]) -> Sequence[str]:
    """The command of a process that has these services' tasks."""
    return (sys.executable, "-m", "shared.events.suspects", ",".join(services))


class SuspectProcesses:
    """Starts a process for a delivery, and does not wait for its end."""

    def __init__(self, command: Sequence[str]) -> None:
        """`command` gets two more words: the delivery's subscriber, and its number."""
        self._command = command
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, subscriber: str, delivery: int) -> None:
        """Handle the subscriber's delivery in a new process. If MOST are running, it is left to its redelivery."""
        self._running = [each for each in self._running if each.poll() is None]
        if len(self._running) >= MOST:
            return
        log.warning("a suspect delivery gets a process of its own", subscriber=subscriber, delivery=delivery)
        self._running.append(subprocess.Popen([*self._command, subscriber, str(delivery)], stdin=subprocess.DEVNULL))


def main(services: str, subscriber: str, delivery: str) -> None:
    """Handle this delivery alone, within the usual time limits."""
    end_with_parent()
    settings = read(PlatformSettings)
    configure(settings.log_level, "suspects")
    celery = make_celery(settings)
    for service in services.split(","):
        import_module(f"services.{service}.worker").register(celery, settings_of(service))
    limit_tasks(celery)
    task, arguments = task_call(subscriber, [int(delivery)])
    celery.tasks[task].apply(args=arguments, throw=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
