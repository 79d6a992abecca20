"""The one list of our processes: `make run` starts them, docker-compose.yml has a service for each."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from shared.events.subscriptions import team_subscriber
from shared.settings import PlatformSettings, read, setting

SERVICES = ("intake", "triage", "notify")
TEAM_QUEUES = "team.*"  # stands for one queue a team


@dataclass(frozen=True)
class Web:
    """The application of `services.<service>.<module>`, served on VIDARE_BASE_PORT + `offset`: WSGI, or ASGI where it `is_asynchronous`."""

    name: str
    service: str
    offset: int
    module: str = "app"
    is_asynchronous: bool = False

    @property
    def target(self) -> str:
        """The module whose `create_app()` makes the application."""
        return f"services.{self.service}.{self.module}"


@dataclass(frozen=True)
class Worker:
    """A Celery worker: the queues it consumes and the services whose tasks it has. `niceness`: as in nice(2), for work that nothing waits
    for."""

    name: str
    queues: tuple[str, ...]
    services: tuple[str, ...]
    niceness: int = 0


@dataclass(frozen=True)
class Beat:
    """Celery beat: ticks for the timers of all services."""

    name: str


@dataclass(frozen=True)
class Daemon:
    """A module whose `main()` runs until SIGTERM; it listens on VIDARE_BASE_PORT + `offset` where it has one, and its
    connections to Postgres bear the name `application` where it has one."""

    name: str
    module: str
    offset: int | None = None
    application: str | None = None


Process = Web | Worker | Beat | Daemon

PROCESSES: tuple[Process, ...] = (
    Web("intake", "intake", 0),
    Web("triage", "triage", 1),
    Web("notify", "notify", 2),
    # Its answers last for hours: each would keep one of the other services' threads.
    Web("live", "triage", 3, module="live.app", is_asynchronous=True),
    Daemon("relay", "shared.events.relay", application="vidare-relay"),
    Worker("worker-intake", ("intake",), ("intake",)),
    # Every submission waits for routing, and for no other queue. One process routes some 3,500 tickets a second.
    Worker("worker-triage", ("triage",), ("triage",)),
    Worker("worker-teams", (TEAM_QUEUES,), ("triage",)),
    # Its threads send, so that a slow SMTP conversation does not keep it from recording what is to be sent.
    Worker("worker-notify", ("notify",), ("notify",)),
    # Replays, re-encoding and sweeps have a worker of their own, so that they never use a slot that routes or sends.
    Worker("worker-slow", ("slow",), SERVICES, niceness=10),
    Beat("beat"),
    Daemon("inbound", "services.notify.inbound.server", offset=14),
)


@dataclass(frozen=True)
class ProcessSettings(PlatformSettings):
    """Settings for starting a process."""

    bind: str = setting("BIND", "str", "The address that the servers of ours listen on.", "127.0.0.1")
    base_port: int = setting("BASE_PORT", "int", "Intake's port; the others follow at fixed distances.", 8000)
    web_workers: int = setting("WEB_WORKERS", "int", "Processes behind each service's port.", 1)
    # A request mostly waits for PostgreSQL or the store; 16 threads serve 16 connections at once.
    web_threads: int = setting("WEB_THREADS", "int", "Threads in each of these processes.", 16)
    worker_concurrency: int = setting(
        "WORKER_CONCURRENCY",
        "int",
        "Tasks a Celery worker runs at once, each in a child process; 0 or 1: one, in its own process.",
        0,
    )
    heartbeats: Path = setting(
        "HEARTBEATS",
        "path",
        "A folder where workers and beat touch a file every few seconds; by default in the system's temporary folder.",
        Path(tempfile.gettempdir()) / f"vidare-{os.getuid()}",
    )


def process(name: str) -> Process:
    """The process of this name; raises KeyError."""
    return {each.name: each for each in PROCESSES}[name]


def queues_of(worker: Worker, teams: Sequence[str]) -> tuple[str, ...]:
    """The Celery queues it consumes in a system with these teams."""
    names: list[str] = []
    for queue in worker.queues:
        names += [team_subscriber(team) for team in teams] if queue == TEAM_QUEUES else [queue]
    return tuple(names)


def all_queues(teams: Sequence[str]) -> tuple[str, ...]:
    """Every queue that some worker consumes."""
    return tuple(queue for each in PROCESSES if isinstance(each, Worker) for queue in queues_of(each, teams))


def settings_of(service: str) -> PlatformSettings:
    """A service's own settings, from the environment. Raises SettingsError.

    By convention they are `services.<service>.settings`, class `<Service>Settings`.
    """
    cls: type[PlatformSettings] = getattr(import_module(f"services.{service}.settings"), f"{service.title()}Settings")
    return read(cls)
