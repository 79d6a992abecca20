"""notify's tasks: doorbells that call a use case."""

import time
from typing import Any

from celery import Celery
from celery.signals import task_postrun
from kombu.exceptions import KombuError
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from services.notify.delivery.outgoing_message import outgoing_message
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.delivery.sender import Mailing
from services.notify.delivery.smtp_server import Server
from services.notify.handlers import handlers_of
from services.notify.inbound.sweep_mails import sweep_mails
from services.notify.settings import NotifySettings
from shared.errors import TransientError
from shared.events.contracts import task_name
from shared.events.task import register_consumer
from shared.runtime.celery_app import queue
from shared.runtime.logs import logger
from shared.storage.database import is_transient, make_engine
from shared.storage.object_store import ObjectStore

SUBSCRIBER = "notify"
SEND = "notify.send"
TICK_SECONDS = 1.0
# A run ends after this, so that the worker's other queue gets its turn; what is left is due at the next ring.
RUN_SECONDS = 5.0
SWEEP = "notify.sweep_mails"
SWEEP_EVERY = 600.0
# Design: work on the slow queue comes in chunks of at most two seconds.
SLOW = "slow"
SWEEP_SECONDS = 2.0

log = logger(__name__)


def register(celery: Celery, settings: NotifySettings) -> None:
    """Define notify's tasks and its tick on `celery`."""
    engine = make_engine(settings, application="vidare-notify-worker", pool_size=4)

    register_consumer(celery, engine, SUBSCRIBER, handlers_of(settings))
    mailing = make_mailing(settings)

    # No time limits: a run ends by itself, and one that keeps an outcome for Postgres must not be ended before it is written.
    @celery.task(name=SEND, soft_time_limit=_NO_LIMIT, time_limit=_NO_LIMIT)  # type: ignore[untyped-decorator]
    def send() -> None:
        try:
            send_due_emails(engine, mailing, RUN_SECONDS)
        except DBAPIError as error:
            if not is_transient(error):
                raise
            log.warning("sending waits for Postgres", error=type(error.orig).__name__)

    celery.conf.beat_schedule[SEND] = {
        "task": SEND,
        "schedule": TICK_SECONDS,
        "options": {"queue": SEND, "expires": TICK_SECONDS},
    }
    _ring_after_consuming(celery)
    _register_sweep(celery, engine, ObjectStore(settings))


def _register_sweep(celery: Celery, engine: Engine, store: ObjectStore) -> None:
    """The tick that sweeps mails which were never entered, apart from the slots that send."""

    @celery.task(name=SWEEP)  # type: ignore[untyped-decorator]
    def sweep() -> None:
        until = time.monotonic() + SWEEP_SECONDS
        try:
            sweep_mails(engine, store, lambda: time.monotonic() < until)
        except (TransientError, DBAPIError) as error:
            if isinstance(error, DBAPIError) and not is_transient(error):
                raise
            log.warning("sweeping waits", error=type(error).__name__)

    celery.conf.beat_schedule[SWEEP] = {
        "task": SWEEP,
        "schedule": SWEEP_EVERY,
        "options": {"queue": queue(SLOW), "expires": SWEEP_EVERY},
    }


# Celery takes a limit of None as "the app's own"; a day is none in practice.
_NO_LIMIT = 86_400


def _ring_after_consuming(celery: Celery) -> None:
    """New rows are sent at once instead of at the next tick; a ring that is lost costs no more than that second."""

    def ring(sender: Any = None, **_: Any) -> None:
        if getattr(sender, "name", None) != task_name(SUBSCRIBER):
            return
        try:
            celery.send_task(SEND, queue=SEND, expires=TICK_SECONDS, retry=False)
        except (KombuError, RedisError, OSError) as error:
            log.warning("could not ring", error=type(error).__name__)

    task_postrun.connect(ring, weak=False)


def make_mailing(settings: NotifySettings) -> Mailing:
    """Where mail goes, as the settings say."""
    return Mailing(
        server=Server.of(settings.smtp_url, settings.mail_domain, settings.smtp_ca),
        message=lambda email: outgoing_message(settings, email),
        slots=settings.smtp_connections,
    )
