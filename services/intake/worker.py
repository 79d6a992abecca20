"""intake's Celery tasks: the consumer of its events, and its ticks."""

from celery import Celery
from sqlalchemy import Connection

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
from shared.events.task import register_consumer
from shared.limits.limiter import Limiter
from shared.runtime.ticks import for_seconds, in_transactions, register_tick
from shared.storage.database import make_engine
from shared.storage.object_store import ObjectStore

SUBSCRIBER = "intake"

HANDLERS = {
    "TicketRouted": learn_status,
    "TicketStateChanged": learn_status,
    "TicketTransferred": learn_status,
    "EmailStateChanged": learn_of_mail,
    "TicketLinksRequested": find_links,
    "MailReceived": note_mail,
}


def register(celery: Celery, settings: IntakeSettings) -> None:
    """Define the task of subscriber `intake` and intake's ticks. Raises SettingsError."""
    # Reading a mail takes two connections at once: one holds its owner's lock.
    engine = make_engine(settings, application="vidare-intake-worker", pool_size=3)
    store = ObjectStore(settings)
    register_consumer(celery, engine, SUBSCRIBER, HANDLERS)
    register_tick(celery, "intake.clean_attachments", 2.0, lambda: clean_attachments(engine, store, for_seconds()))
    reception = Reception(settings, engine, store, load(settings.catalog), Limiter(settings.redis_url))
    mails = MailRoom(engine, store, reception.catalog, mail_tickets(reception))
    register_tick(celery, "intake.handle_mails", 1.0, lambda: handle_mails(mails, for_seconds()))
    register_tick(celery, "intake.forget_expired", 60.0, lambda: forget_expired(engine))
    register_tick(celery, "intake.tell_counts", 60.0, in_transactions(engine, _report_counts))
    register_tick(celery, "intake.sweep_staged", 60.0, lambda: sweep_staged(engine, store))
    # A run checks some 20,000 objects, chosen at random, so that in time it checks all.
    register_tick(celery, "intake.sweep_files", 600.0, lambda: sweep_files(engine, store, for_seconds()))


def _report_counts(connection: Connection) -> None:
    """One event a run, however much was counted meanwhile."""
    tell_counts(connection)
