"""A service's application under granian."""

import os
import tempfile
from collections.abc import Callable
from importlib import import_module
from typing import Any

from shared.runtime.logs import configure
from shared.runtime.parent_death import end_with_parent
from shared.runtime.processes import ProcessSettings, Web

# Seconds that requests under way have after SIGTERM; the local stack gives up on a process after 15.
GRACE = 10
# The same for streams, which go on until they are cut; their readers come back.
STREAMS_GRACE = 2
# Requests at a time in an asynchronous process.
MOST_STREAMS = 10_000
# Milliseconds for a request's first line and headers; granian waits 30 s. Bodies have a deadline of their own (shared.http.slow_bodies).
HEADERS_WITHIN = 20_000


def load(target: str) -> Callable[..., Any]:
    """The application, made in the worker's own process. A killed granian leaves its workers, each still holding the port; so this one
    ends with it."""
    end_with_parent()
    create_app: Callable[[], Callable[..., Any]] = import_module(target).create_app
    return create_app()


def run(web: Web, settings: ProcessSettings, loader: Callable[[str], Callable[..., Any]] = load) -> None:
    """Serve until SIGTERM; `loader` makes the application."""
    configure(settings.log_level, web.name)
    if not web.is_asynchronous and settings.web_workers > 1:
        # Each worker counts for itself; /metrics adds them up from files (prometheus-client's multiprocess mode).
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="vidare-metrics-"))
    _server(web, settings, **(_streams() if web.is_asynchronous else _requests(settings))).serve(target_loader=loader)


def _server(web: Web, settings: ProcessSettings, **more: Any) -> Any:
    """What all have; `more`: what the kind of application has."""
    from granian import Granian
    from granian.constants import HTTPModes
    from granian.http import HTTP1Settings

    return Granian(
        web.target,
        address=settings.bind,
        port=settings.base_port + web.offset,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN),
        respawn_failed_workers=True,
        log_access=False,  # an address may hold a ticket's key
        log_enabled=False,
        **more,
    )


def _requests(settings: ProcessSettings) -> dict[str, Any]:
    from granian.constants import Interfaces

    return {
        "interface": Interfaces.WSGI,
        "workers": settings.web_workers,
        "blocking_threads": settings.web_threads,
        "backlog": 1024,
        "workers_kill_timeout": GRACE,
    }


def _streams() -> dict[str, Any]:
    """One worker, since its loop holds thousands of streams."""
    from granian.constants import Interfaces

    return {
        "interface": Interfaces.ASGINL,
        "workers": 1,
        "backlog": 2048,
        "backpressure": MOST_STREAMS,
        "websockets": False,
        "workers_kill_timeout": STREAMS_GRACE,
    }
