"""triage's Celery tasks: the consumers of its subscribers, the senders of webhooks, replays and ticks."""

from celery import Celery

from services.triage.deps import bootstrap
from services.triage.handlers import team_handlers, triage_handlers
from services.triage.settings import TriageSettings
from services.triage.ticks.registry import register_ticks
from services.triage.webhooks.sender_threads import SenderThreads
from shared.events.subscriptions import team_subscriber
from shared.events.task import register_consumer, register_team_consumers, start_with_consumer

# At most: one for the task, one for the look at what is due, the others for the webhooks' threads, however many teams there are. A
# thread uses one for two short transactions a call, and none during the call. 500 calls of 20 teams took no longer with 10 connections
# than with 42.
CONNECTIONS = 2 + 8


def register(celery: Celery, settings: TriageSettings) -> None:
    """Define the tasks of triage's subscribers and its ticks."""
    deps = bootstrap(settings, application="vidare-triage-worker", pool_size=CONNECTIONS)
    engine, rulesets = deps.engine, deps.rulesets
    register_consumer(celery, engine, "triage", triage_handlers(rulesets, settings.reservation_minutes))
    senders = SenderThreads(engine, settings.webhook_allow_private)
    register_team_consumers(celery, engine, settings.teams, team_handlers(), senders.wake)
    # Each of the teams' queues has the same worker.
    start_with_consumer(celery, team_subscriber(settings.teams[0]), senders.start)
    register_ticks(celery, deps)
