"""intake's Celery tasks: doorbells that call use cases, and the ticks that ring them."""

import time
from collections.abc import Callable

from celery import Celery
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from services.intake.attachments.clean_attachments import clean_attachments
from services.intake.attachments.staged import sweep_staged
from services.intake.attachments.sweep import forget_expired, sweep_files
from services.intake.help_funnel.report_counts import tell_counts
from services.intake.inbound_mail.mail_room import MailRoom
from services.intake.inbound_mail.process import handle_mails
from services.intake.inbound_mail.record_mail import note_mail
from services.intake.inbound_mail.ticket_settings import mail_tickets
from services.intake.settings import IntakeSettings
from services.intake.submissions.receive import Reception
from services.intake.tickets.find_links import find_links
from services.intake.tickets.update_status import learn_of_mail, learn_status
from shared.catalog.loader import load
from shared.crash_points import crash_point
from shared.errors import TransientError
from shared.events.task import register_consumer
from shared.limits.limiter import Limiter
from shared.runtime.celery_app import queue
from shared.runtime.logs import logger
from shared.storage.database import is_transient, make_engine
from shared.storage.object_store import ObjectStore

SUBSCRIBER = "intake"
# Apart from the slots that route and send.
SLOW = "slow"
# Design: work on the slow queue comes in chunks of at most two seconds.
CHUNK_SECONDS = 2.0

HANDLERS = {
    "TicketRouted": learn_status,
    "TicketStateChanged": learn_status,
    "TicketTransferred": learn_status,
    "EmailStateChanged": learn_of_mail,
    "TicketLinksRequested": find_links,
    "MailReceived": note_mail,
}

log = logger(__name__)


def register(celery: Celery, settings: IntakeSettings) -> None:
    """Define the task of subscriber `intake` and intake's ticks. Raises SettingsError."""
    # Reading a mail takes two connections at once: one holds its owner's lock.
    engine = make_engine(settings, application="vidare-intake-worker", pool_size=3)
    store = ObjectStore(settings)
    register_consumer(celery, engine, SUBSCRIBER, HANDLERS)
    _tick(celery, "intake.clean_attachments", 2.0, lambda: clean_attachments(engine, store, _for_a_chunk()))
    reception = Reception(settings, engine, store, load(settings.catalog), Limiter(settings.redis_url))
    mails = MailRoom(engine, store, reception.catalog, mail_tickets(reception))
    _tick(celery, "intake.handle_mails", 1.0, lambda: handle_mails(mails, _for_a_chunk()))
    _tick(celery, "intake.forget_expired", 60.0, lambda: forget_expired(engine))
    _tick(celery, "intake.tell_counts", 60.0, lambda: _in_transaction(engine, tell_counts))
    _tick(celery, "intake.sweep_staged", 60.0, lambda: sweep_staged(engine, store))
    # A chunk looks at some 20,000 objects; they are random ones, so that in time it comes to all.
    _tick(celery, "intake.sweep_files", 600.0, lambda: sweep_files(engine, store, _for_a_chunk()))


def _tick(celery: Celery, name: str, every: float, step: Callable[[], object]) -> None:
    """A task that beat sends every so many seconds; an outage only means that the next one does it."""

    def tick() -> None:
        try:
            step()
        except TransientError as error:
            log.warning("tick waits for the store", tick=name, error=str(error))
        except DBAPIError as error:
            if not is_transient(error):
                raise
            log.warning("tick waits for Postgres", tick=name, error=type(error.orig).__name__)

    celery.task(tick, name=name)
    celery.conf.beat_schedule[name] = {
        "task": name,
        "schedule": every,
        "options": {"queue": queue(SLOW), "expires": max(every, 2.0)},
    }


def _in_transaction(engine: Engine, step: Callable[[Connection], object]) -> None:
    with engine.begin() as connection:
        step(connection)
        crash_point("intake.tick_written")
    crash_point("intake.tick_done")


def _for_a_chunk() -> Callable[[], bool]:
    """True for as long as a chunk may take."""
    deadline = time.monotonic() + CHUNK_SECONDS
    return lambda: time.monotonic() < deadline
