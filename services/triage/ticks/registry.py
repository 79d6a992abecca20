"""All that triage does by time. A module defines the ticks and tasks of one subject, and has one line here."""

from collections.abc import Callable

from celery import Celery

from services.triage.deps import Deps
from services.triage.ticks.bulks import register_bulks
from services.triage.ticks.notifications import register_notifications
from services.triage.ticks.replays import register_replays
from services.triage.ticks.reports import register_reports
from services.triage.ticks.scheduled_messages import register_scheduled_messages
from services.triage.ticks.snoozing import register_snoozing
from services.triage.ticks.timers import register_timers
from services.triage.ticks.uploads import register_uploads

SUBJECTS: tuple[Callable[[Celery, Deps], None], ...] = (
    register_bulks,
    register_replays,
    register_scheduled_messages,
    register_reports,
    register_timers,
    register_snoozing,
    register_uploads,
    register_notifications,
)


def register_ticks(celery: Celery, deps: Deps) -> None:
    """Define the ticks and tasks of all subjects."""
    for register_subject in SUBJECTS:
        register_subject(celery, deps)
