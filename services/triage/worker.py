"""triage's Celery tasks: doorbells that call use cases, and the ticks that ring them."""

from celery import Celery
from sqlalchemy import Engine

from services.triage.handlers import team_handlers, triage_handlers
from services.triage.rulesets.stored import StoredRulesets
from services.triage.settings import TriageSettings
from services.triage.ticks import register_ticks
from shared.catalog import load
from shared.db import make_engine
from shared.events.contracts import team_subscriber
from shared.events.doorbell import register_consumer
from shared.settings import PlatformSettings


def register(celery: Celery, settings: PlatformSettings) -> None:
    """Define the tasks of triage's subscribers and its ticks. `settings` are a TriageSettings."""
    if not isinstance(settings, TriageSettings):
        raise TypeError("triage's worker needs TriageSettings")
    engine: Engine = make_engine(settings, application="vidare-triage-worker", pool_size=2)
    rulesets = StoredRulesets(load(settings.catalog), settings.teams)
    register_consumer(celery, engine, "triage", triage_handlers(rulesets))
    for team in settings.teams:
        register_consumer(celery, engine, team_subscriber(team), team_handlers())
    register_ticks(celery, engine, rulesets, settings)
