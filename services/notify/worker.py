"""notify's Celery tasks: the consumer of its events, and its ticks."""

from celery import Celery
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from services.notify.delivery.mailing import make_mailing
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.deps import bootstrap
from services.notify.emails.rebuild_recipients import release_unreported
from services.notify.handlers import handlers_of
from services.notify.inbound.sweep_mails import sweep_mails
from services.notify.settings import NotifySettings
from shared.events.task import register_consumer, wake_after_consuming
from shared.runtime.logs import logger
from shared.runtime.ticks import for_seconds, in_transactions, register_tick

SUBSCRIBER = "notify"
SEND = "notify.send"
TICK_SECONDS = 1.0
# A run ends after this, so that the worker's other queue gets its turn; the next run continues.
RUN_SECONDS = 5.0
SWEEP = "notify.sweep_mails"
SWEEP_EVERY = 600.0
RELEASE = "notify.release_unreported"
RELEASE_EVERY = 10.0
# A run ends by itself, and must not be ended before it has committed its outcomes. Celery reads a limit of None as the app's own.
NO_LIMIT = 86_400

log = logger(__name__)


def register(celery: Celery, settings: NotifySettings) -> None:
    """Define notify's tasks and its ticks on `celery`."""
    deps = bootstrap(settings, application="vidare-notify-worker", pool_size=4)
    register_consumer(celery, deps.engine, SUBSCRIBER, handlers_of(deps))
    mailing = make_mailing(settings)
    register_tick(
        celery,
        SEND,
        TICK_SECONDS,
        lambda: send_due_emails(deps.engine, mailing, RUN_SECONDS),
        on=SEND,
        expires=TICK_SECONDS,
        soft_time_limit=NO_LIMIT,
        time_limit=NO_LIMIT,
    )
    wake_after_consuming(SUBSCRIBER, lambda: _send_soon(celery))
    register_tick(celery, RELEASE, RELEASE_EVERY, in_transactions(deps.engine, release_unreported))
    register_tick(celery, SWEEP, SWEEP_EVERY, lambda: sweep_mails(deps.engine, deps.store, for_seconds()))


def _send_soon(celery: Celery) -> None:
    """Send new rows now instead of at the next tick. A lost message costs no more than that second."""
    try:
        celery.send_task(SEND, queue=SEND, expires=TICK_SECONDS, retry=False)
    except (KombuError, RedisError, OSError) as error:
        log.warning("could not wake the sender", error=type(error).__name__)
