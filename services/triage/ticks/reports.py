"""The tick of the daily reports."""

from celery import Celery
from sqlalchemy import Connection

from services.triage.deps import Deps
from services.triage.reports.fold.fold_timeline import fold_timeline
from shared.runtime.ticks import in_transactions, register_tick


def register_reports(celery: Celery, deps: Deps) -> None:
    """Define the tick that counts the timeline."""
    rulesets = deps.rulesets

    def count(connection: Connection) -> bool:
        return fold_timeline(connection, rulesets.active(connection).compiled)

    register_tick(celery, "triage.fold_timeline", 5.0, in_transactions(deps.engine, count))
