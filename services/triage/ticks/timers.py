"""The ticks of tickets and reports: what is due by time."""

from collections.abc import Callable, Mapping
from typing import Any

from celery import Celery
from sqlalchemy import Connection

from services.triage.bulk.clear_bulks import clear_bulks
from services.triage.deps import Deps
from services.triage.idempotency import clear_requests
from services.triage.owners.reservations import end_reservations
from services.triage.replays.clear_replays import clear_replays
from services.triage.reports.count_waiting_times import count_waiting_times
from services.triage.reports.deflection import fold_help_counts
from services.triage.reports.service_levels import fold_service_counts
from services.triage.timers.escalate import escalate
from services.triage.timers.expire_claims import expire_claims
from services.triage.timers.fill_search import fill_search
from services.triage.timers.fold_counts import fold_counts
from services.triage.timers.mark_breaches import mark_breaches
from services.triage.timers.open_overdue import open_overdue
from services.triage.timers.remind import remind
from services.triage.timers.resolve_silent import resolve_silent
from services.triage.timers.warn import warn
from shared.events.backlog import fold_handled
from shared.events.consumer import BUCKETS
from shared.events.partitions import keep_partitions
from shared.runtime.ticks import in_transactions, register_tick

Step = Callable[[Connection], Any]


def register_timers(celery: Celery, deps: Deps) -> None:
    """Define a tick for each step: it runs in transactions of its own, again while it returns that there is more."""
    rulesets, settings = deps.rulesets, deps.settings

    def overdue(connection: Connection) -> int:
        return open_overdue(connection, rulesets.active(connection), settings.evidence_overdue_days)

    def silence(connection: Connection) -> int:
        return resolve_silent(connection, settings.silence_days)

    def reminders(connection: Connection) -> int:
        return remind(connection, settings.evidence_reminder_days)

    def warnings(connection: Connection) -> int:
        active = rulesets.active(connection).compiled
        return warn(connection, active, settings.teams, settings.breach_warning_minutes)

    def escalations(connection: Connection) -> int:
        return escalate(connection, settings.escalation_minutes)

    def waiting_times(connection: Connection) -> int:
        return count_waiting_times(connection, rulesets.active(connection).compiled)

    def fold_events(connection: Connection) -> None:
        fold_handled(connection, len(BUCKETS) + 1)

    steps: Mapping[str, tuple[Step, float]] = {
        "triage.expire_leases": (expire_claims, 1.0),
        "triage.end_reservations": (end_reservations, 2.0),
        "triage.fold_counts": (fold_counts, 2.0),
        "triage.fill_search": (fill_search, 2.0),
        "triage.mark_breaches": (mark_breaches, 5.0),
        "triage.warn": (warnings, 10.0),
        "triage.escalate": (escalations, 10.0),
        "triage.read_clocks": (waiting_times, 5.0),
        "triage.fold_service_counts": (fold_service_counts, 60.0),
        "triage.remind": (reminders, 10.0),
        "triage.open_overdue": (overdue, 10.0),
        "triage.resolve_silent": (silence, 10.0),
        "triage.fold_help_counts": (fold_help_counts, 60.0),
        "triage.fold_handled": (fold_events, 60.0),
        "triage.keep_partitions": (keep_partitions, 600.0),
        "triage.clear_requests": (clear_requests, 600.0),
        "triage.clear_replays": (clear_replays, 600.0),
        "triage.clear_bulks": (clear_bulks, 600.0),
    }
    for name, (step, every) in steps.items():
        register_tick(celery, name, every, in_transactions(deps.engine, step))
