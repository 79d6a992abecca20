"""triage's Celery tasks: doorbells that call use cases, and the ticks that ring them."""

from collections.abc import Sequence
from typing import Any

from celery import Celery
from celery.signals import task_postrun

from services.triage.deps import bootstrap
from services.triage.handlers import team_handlers, triage_handlers
from services.triage.replays.tasks import register_replays
from services.triage.settings import TriageSettings
from services.triage.timers.schedule import register_ticks
from services.triage.webhooks.senders import THREADS_A_TEAM, Senders
from shared.events.contracts import task_name, team_subscriber
from shared.events.task import register_consumer
from shared.runtime.celery_app import queue

SENDERS_EVERY = 10.0  # seconds


def register(celery: Celery, settings: TriageSettings) -> None:
    """Define the tasks of triage's subscribers and its ticks."""
    # One connection for the task, the others for the webhooks' threads, two a team at most.
    connections = 2 + THREADS_A_TEAM * len(settings.teams)
    deps = bootstrap(settings, application="vidare-triage-worker", pool_size=connections)
    engine, rulesets = deps.engine, deps.rulesets
    register_consumer(celery, engine, "triage", triage_handlers(rulesets))
    senders = Senders(engine, settings.webhook_allow_private)
    for team in settings.teams:
        register_consumer(celery, engine, team_subscriber(team), team_handlers())
        _register_sender(celery, senders, team)
    _ring_after_consuming(senders, settings.teams)
    register_replays(celery, engine, rulesets)
    register_ticks(celery, engine, rulesets, settings)


def _register_sender(celery: Celery, senders: Senders, team: str) -> None:
    """The tick that wakes a team's senders in whichever worker serves its queue: after a restart, nothing else would."""
    subscriber = team_subscriber(team)
    name = f"{subscriber}.send"

    @celery.task(name=name, shared=False)  # type: ignore[untyped-decorator]
    def send() -> None:
        senders.ring(team)

    celery.conf.beat_schedule[name] = {
        "task": name,
        "schedule": SENDERS_EVERY,
        "options": {"queue": queue(subscriber), "expires": SENDERS_EVERY},
    }


def _ring_after_consuming(senders: Senders, teams: Sequence[str]) -> None:
    """Calls that a consumer wrote down are made at once."""
    consuming = {task_name(team_subscriber(team)): team for team in teams}

    def ring(sender: Any = None, **_: Any) -> None:
        team = consuming.get(getattr(sender, "name", ""))
        if team is not None:
            senders.ring(team)

    task_postrun.connect(ring, weak=False)
