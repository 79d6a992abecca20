"""notify's Celery tasks, each of which calls a use case."""

import time
from typing import Any

from celery import Celery
from celery.signals import task_postrun
from kombu.exceptions import KombuError
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from services.notify.delivery.mailing import make_mailing
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.deps import Deps, bootstrap
from services.notify.handlers import handlers_of
from services.notify.inbound.sweep_mails import sweep_mails
from services.notify.settings import NotifySettings
from shared.errors import TransientError
from shared.events.contracts import task_name
from shared.events.task import register_consumer
from shared.runtime.celery_app import queue
from shared.runtime.logs import logger
from shared.storage.database import is_transient

SUBSCRIBER = "notify"
SEND = "notify.send"
TICK_SECONDS = 1.0
# A run ends after this, so that the worker's other queue is served too; the next tick sends the rest.
RUN_SECONDS = 5.0
SWEEP = "notify.sweep_mails"
SWEEP_EVERY = 600.0
# Work on the slow queue comes in chunks of at most two seconds.
SLOW = "slow"
SWEEP_SECONDS = 2.0

log = logger(__name__)


def register(celery: Celery, settings: NotifySettings) -> None:
    """Define notify's tasks and its tick on `celery`."""
    deps = bootstrap(settings, application="vidare-notify-worker", pool_size=4)
    register_consumer(celery, deps.engine, SUBSCRIBER, handlers_of(deps))
    mailing = make_mailing(settings)

    # No time limits: a run ends by itself, and must not be killed while it holds an outcome that PostgreSQL has not accepted yet.
    @celery.task(name=SEND, soft_time_limit=_NO_LIMIT, time_limit=_NO_LIMIT)  # type: ignore[untyped-decorator]
    def send() -> None:
        try:
            send_due_emails(deps.engine, mailing, RUN_SECONDS)
        except DBAPIError as error:
            if not is_transient(error):
                raise
            log.warning("sending waits for PostgreSQL", error=type(error.orig).__name__)

    celery.conf.beat_schedule[SEND] = {
        "task": SEND,
        "schedule": TICK_SECONDS,
        "options": {"queue": SEND, "expires": TICK_SECONDS},
    }
    _wake_sender_after_consuming(celery)
    _register_sweep(celery, deps)


def _register_sweep(celery: Celery, deps: Deps) -> None:
    """The tick that sweeps stored mails, on the slow queue: it must not take a slot that sends."""

    @celery.task(name=SWEEP)  # type: ignore[untyped-decorator]
    def sweep() -> None:
        until = time.monotonic() + SWEEP_SECONDS
        try:
            sweep_mails(deps.engine, deps.store, lambda: time.monotonic() < until)
        except (TransientError, DBAPIError) as error:
            if isinstance(error, DBAPIError) and not is_transient(error):
                raise
            log.warning("sweeping waits", error=type(error).__name__)

    celery.conf.beat_schedule[SWEEP] = {
        "task": SWEEP,
        "schedule": SWEEP_EVERY,
        "options": {"queue": queue(SLOW), "expires": SWEEP_EVERY},
    }


# For Celery a limit of None is the app's own; a day is none in practice.
_NO_LIMIT = 86_400


def _wake_sender_after_consuming(celery: Celery) -> None:
    """Send new rows at once instead of at the next tick; a lost wake-up costs a second at most."""

    def wake(sender: Any = None, **_: Any) -> None:
        if getattr(sender, "name", None) != task_name(SUBSCRIBER):
            return
        try:
            celery.send_task(SEND, queue=SEND, expires=TICK_SECONDS, retry=False)
        except (KombuError, RedisError, OSError) as error:
            log.warning("could not wake the sender", error=type(error).__name__)

    task_postrun.connect(wake, weak=False)
