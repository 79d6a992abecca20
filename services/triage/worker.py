"""triage's Celery tasks: the consumers of its subscribers, the senders of webhooks, replays and ticks."""

from functools import partial

from celery import Celery

from services.triage.deps import bootstrap
from services.triage.handlers import team_handlers, triage_handlers
from services.triage.replay_tasks import register_replays
from services.triage.settings import TriageSettings
from services.triage.ticks import register_ticks
from services.triage.webhooks.sender_threads import THREADS_A_TEAM, SenderThreads
from shared.events.subscriptions import team_subscriber
from shared.events.task import register_consumer, start_with_consumer, wake_after_consuming


def register(celery: Celery, settings: TriageSettings) -> None:
    """Define the tasks of triage's subscribers and its ticks."""
    # One connection for the task, one for the look at what is due, the others for the webhooks' threads, two a team at most.
    connections = 2 + THREADS_A_TEAM * len(settings.teams)
    deps = bootstrap(settings, application="vidare-triage-worker", pool_size=connections)
    engine, rulesets = deps.engine, deps.rulesets
    register_consumer(celery, engine, "triage", triage_handlers(rulesets))
    senders = SenderThreads(engine, settings.webhook_allow_private)
    for team in settings.teams:
        subscriber = team_subscriber(team)
        register_consumer(celery, engine, subscriber, team_handlers())
        wake_after_consuming(subscriber, partial(senders.wake, team))
    # Each of the teams' queues has the same worker.
    start_with_consumer(celery, team_subscriber(settings.teams[0]), senders.start)
    register_replays(celery, engine, rulesets)
    register_ticks(celery, engine, rulesets, settings)
