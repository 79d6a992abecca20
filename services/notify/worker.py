"""notify's Celery tasks: the consumer of its events, and its ticks; and the threads that send."""

from functools import partial

from celery import Celery

from services.notify.delivery.mailing import make_mailing
from services.notify.delivery.sender_threads import SenderThreads
from services.notify.deps import bootstrap
from services.notify.emails.rebuild_recipients import release_unreported
from services.notify.handlers import handlers_of
from services.notify.inbound.sweep_mails import sweep_mails
from services.notify.settings import NotifySettings
from shared.events.task import register_consumer, start_with_consumer, wake_after_consuming
from shared.runtime.ticks import for_seconds, in_transactions, register_tick

SUBSCRIBER = "notify"
SWEEP = "notify.sweep_mails"
SWEEP_EVERY = 600.0
RELEASE = "notify.release_unreported"
RELEASE_EVERY = 10.0
# Connections of a sender: one holds its locks, one leases, one records outcomes.
CONNECTIONS_A_SENDER = 3

# After SIGTERM a conversation under way may end in its order: less than the time until a runner kills the process.
STOP_WITHIN = 10.0


def register(celery: Celery, settings: NotifySettings) -> None:
    """Define notify's tasks and its ticks on `celery`; processes that handle notify's events also send."""
    deps = bootstrap(
        settings,
        application="vidare-notify-worker",
        pool_size=1 + CONNECTIONS_A_SENDER * settings.smtp_connections,
    )
    register_consumer(celery, deps.engine, SUBSCRIBER, handlers_of(deps))
    senders = SenderThreads(deps.engine, make_mailing(settings))
    start_with_consumer(celery, SUBSCRIBER, senders.start, partial(senders.stop, STOP_WITHIN))
    wake_after_consuming(SUBSCRIBER, senders.wake)
    register_tick(celery, RELEASE, RELEASE_EVERY, in_transactions(deps.engine, release_unreported))
    register_tick(celery, SWEEP, SWEEP_EVERY, lambda: sweep_mails(deps.engine, deps.store, for_seconds()))
