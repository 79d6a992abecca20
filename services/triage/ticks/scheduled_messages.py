"""The tick that sends scheduled messages."""

from celery import Celery
from sqlalchemy import Connection

from services.triage.deps import Deps
from services.triage.scheduled_messages.send_messages import send_due_message
from shared.runtime.ticks import in_transactions, register_tick


def register_scheduled_messages(celery: Celery, deps: Deps) -> None:
    """Define the tick."""

    def send_due(connection: Connection) -> bool:
        return send_due_message(connection, deps.actions, deps.rulesets)

    register_tick(celery, "triage.send_scheduled", 1.0, in_transactions(deps.engine, send_due))
