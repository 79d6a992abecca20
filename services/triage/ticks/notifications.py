"""The ticks of notifications."""

from celery import Celery
from sqlalchemy import Connection

from services.triage.deps import Deps
from services.triage.notifications.clear_notifications import clear_notifications
from services.triage.notifications.mail_mentions import mail_mentions
from shared.runtime.ticks import in_transactions, register_tick


def register_notifications(celery: Celery, deps: Deps) -> None:
    """Define the ticks that send e-mails about unread mentions, and forget old notifications."""

    def mail(connection: Connection) -> bool:
        return mail_mentions(connection, deps.settings.mention_minutes)

    register_tick(celery, "triage.mail_mentions", 10.0, in_transactions(deps.engine, mail))
    register_tick(celery, "triage.clear_notifications", 600.0, in_transactions(deps.engine, clear_notifications))
