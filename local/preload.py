"""Imports what our processes run, so that processes forked from this one start at once and share its memory."""

import contextlib
import gc
from collections.abc import Iterable
from importlib import import_module

from shared.runtime.processes import Beat, Daemon, Process, Web, Worker
from shared.settings import PlatformSettings

# Libraries load these when a process starts; imported before the fork, they are loaded once.
_OF_WORKERS = (
    "celery.bin.celery",
    "celery.apps.worker",
    "celery.concurrency.prefork",
    "celery.concurrency.solo",
    "celery.worker.consumer",
    "kombu.transport.redis",
)
_OF_WEB = ("granian.server", "granian.http", "flask.json")


def preload(processes: Iterable[Process], settings: PlatformSettings) -> None:
    """Import the modules of `processes` and read what several of them read. Opens no connection and starts no thread: neither survives
    a fork."""
    # Imported here: the servers are started before.
    from shared.catalog import CatalogError, load_once
    from shared.storage.object_store import read_model

    # Modules are not garbage; looking for some among all that they load takes a fifth of the time.
    gc.disable()
    for each in processes:
        for name in _modules(each):
            import_module(name)
    read_model()
    with contextlib.suppress(CatalogError):  # each process that needs it reports what is wrong
        load_once(settings.catalog)
    gc.enable()


def _modules(process: Process) -> tuple[str, ...]:
    match process:
        case Web() as web:
            return ("shared.runtime.web", *_OF_WEB, web.target)
        case Worker() as worker:
            return ("shared.runtime.worker", *_OF_WORKERS, *(f"services.{each}.worker" for each in worker.services))
        case Beat():
            return ("shared.runtime.beat", "celery.apps.beat")
        case Daemon() as daemon:
            return (daemon.module,)
