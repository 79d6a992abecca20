"""The ticks for files of an agent's own."""

from celery import Celery
from sqlalchemy import Connection

from services.triage.deps import Deps
from services.triage.uploads.clean_uploads import clean_uploads
from services.triage.uploads.send_checked_messages import send_checked_messages
from services.triage.uploads.sweep_uploads import delete_unused, sweep_uploads
from shared.runtime.ticks import for_seconds, in_transactions, register_tick


def register_uploads(celery: Celery, deps: Deps) -> None:
    """Define the ticks that clean uploads, send the messages that wait for that, and delete what nobody used."""
    engine, store = deps.engine, deps.store

    def send_checked(connection: Connection) -> bool:
        return send_checked_messages(connection, deps.rulesets, deps.settings.reservation_minutes)

    register_tick(
        celery, "triage.clean_uploads", 2.0, lambda: clean_uploads(engine, store, deps.decoders, for_seconds())
    )
    register_tick(celery, "triage.send_checked_messages", 2.0, in_transactions(engine, send_checked))
    register_tick(celery, "triage.delete_uploads", 60.0, lambda: delete_unused(engine, store))
    # A run checks some 20,000 objects, chosen at random, so that in time it checks all.
    register_tick(celery, "triage.sweep_uploads", 600.0, lambda: sweep_uploads(engine, store, for_seconds()))
