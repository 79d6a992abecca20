"""The tick of snoozed tickets."""

from celery import Celery
from sqlalchemy import Connection

from services.triage.deps import Deps
from services.triage.snoozing.end_snoozes import end_snoozes
from shared.runtime.ticks import in_transactions, register_tick


def register_snoozing(celery: Celery, deps: Deps) -> None:
    """Define the tick that opens the tickets whose time has come."""

    def end(connection: Connection) -> int:
        return end_snoozes(connection, deps.rulesets)

    register_tick(celery, "triage.end_snoozes", 2.0, in_transactions(deps.engine, end))
