"""intake's Celery tasks: the consumer of its events, and its ticks."""

from celery import Celery
from sqlalchemy import Connection

from services.intake.attachments.clean_attachments import clean_attachments
from services.intake.attachments.staged import sweep_staged
from services.intake.attachments.sweep import forget_expired, sweep_files
from services.intake.deps import bootstrap
from services.intake.handlers import HANDLERS, SUBSCRIBER
from services.intake.help_funnel.report_counts import report_counts
from services.intake.inbound_mail.process import handle_mails
from services.intake.settings import IntakeSettings
from services.intake.tickets.rebuild_addresses import rebuild_addresses
from shared.events.task import register_consumer
from shared.runtime.ticks import for_seconds, in_transactions, register_tick


def register(celery: Celery, settings: IntakeSettings) -> None:
    """Define the task of subscriber `intake` and intake's ticks. Raises SettingsError."""
    # Reading a mail needs two connections at once: one holds its owner's lock.
    deps = bootstrap(settings, application="vidare-intake-worker", pool_size=3)
    engine, store = deps.engine, deps.store
    register_consumer(celery, engine, SUBSCRIBER, HANDLERS)
    register_tick(
        celery,
        "intake.clean_attachments",
        2.0,
        lambda: clean_attachments(engine, store, deps.decoders, for_seconds()),
    )
    register_tick(celery, "intake.handle_mails", 1.0, lambda: handle_mails(deps, for_seconds()))
    register_tick(celery, "intake.forget_expired", 60.0, lambda: forget_expired(engine))
    register_tick(celery, "intake.tell_counts", 60.0, in_transactions(engine, _report_counts))
    register_tick(celery, "intake.rebuild_addresses", 10.0, in_transactions(engine, rebuild_addresses))
    register_tick(celery, "intake.sweep_staged", 60.0, lambda: sweep_staged(engine, store))
    # A run checks some 20,000 objects, chosen at random, so that in time it checks all.
    register_tick(celery, "intake.sweep_files", 600.0, lambda: sweep_files(engine, store, for_seconds()))


def _report_counts(connection: Connection) -> None:
    """One event a run, however much was counted meanwhile."""
    report_counts(connection)
