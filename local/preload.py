"""Imports what our processes run, so that processes forked from this one start at once and share its memory."""

import gc
from collections.abc import Iterable
from importlib import import_module

from shared.runtime.processes import Beat, Daemon, Process, Web, Worker

# Libraries load these when a process starts; imported before the fork, they are loaded once.
_OF_WORKERS = (
    "celery.bin.celery",
    "celery.apps.worker",
    "celery.concurrency.prefork",
    "celery.worker.consumer",
    "kombu.transport.redis",
)
_OF_WEB = ("granian.server", "granian.http", "flask.json")


def preload(processes: Iterable[Process]) -> None:
    """Import the modules of `processes`. Opens no connection and starts no thread: neither survives a fork."""
    # Modules are not garbage; looking for some among all that they load takes a fifth of the time.
    gc.disable()
    for each in processes:
        for name in _modules(each):
            import_module(name)
    gc.enable()


def _modules(process: Process) -> tuple[str, ...]:
    match process:
        case Web() as web:
            return ("shared.runtime.web", *_OF_WEB, f"services.{web.service}.app")
        case Worker() as worker:
            return ("shared.runtime.worker", *_OF_WORKERS, *(f"services.{each}.worker" for each in worker.services))
        case Beat():
            return ("shared.runtime.beat", "celery.apps.beat")
        case Daemon() as daemon:
            return (daemon.module,)
