"""triage's tasks in real workers, with a real relay."""

from pathlib import Path
from typing import Any

import pytest

from services.triage.replays.replay_chunk import replay_chunk
from services.triage.replays.saved import find_replay, start_replay
from services.triage.settings import TriageSettings
from services.triage.worker import register
from shared.events.subscriptions import task_call
from shared.runtime.celery_app import make_celery
from shared.runtime.processes import all_queues
from shared.settings import read
from tests.integration.triage.conftest import Triage, submitted
from tests.our_processes import our_processes
from tests.polling import eventually


def test_every_tick_goes_to_a_queue_that_a_worker_serves(environment: dict[str, str]) -> None:
    settings = read(TriageSettings, environment)
    celery = make_celery(settings)
    register(celery, settings)
    queues = all_queues(settings.teams)
    assert celery.conf.beat_schedule
    for entry in celery.conf.beat_schedule.values():
        assert entry["task"] in celery.tasks
        assert entry["options"]["queue"].name in queues
        assert entry["options"]["expires"] > 0
    for subscriber in ("triage", "team.ads", "team.added-later"):
        assert task_call(subscriber, [1])[0] in celery.tasks


def test_workers_route_count_and_index_tickets(
    environment: dict[str, str], redis_url: str, triage: Triage, tmp_path: Path
) -> None:
    with our_processes(environment, tmp_path, "relay", "worker-triage", "worker-teams", "worker-slow", "beat"):
        events = [submitted("ads/metrics", message="A zebra") for _ in range(5)]
        triage.record(*events)
        eventually(lambda: triage.rows("select count(*) from triage.tickets")[0][0] == 5)
        eventually(lambda: triage.rows("select count(*) from triage.search")[0][0] == 5)

        def quiet() -> Any:
            waiting = "select 1 from events.deliveries where subscriber in ('triage', 'team.ads') and parked_at is null"
            return not triage.rows(waiting)

        eventually(quiet)
        eventually(lambda: triage.rows("select count(*) from triage.queue_counts")[0][0] == 1)
    assert (
        triage.rows("select last_error from events.deliveries where parked_at is not null and subscriber <> 'notify'")
        == []
    )


@pytest.mark.parametrize(
    "name", ["vidare_tickets", "vidare_deliveries_waiting", "vidare_event_handling_seconds_bucket"]
)
def test_metrics_show_queues_and_backlog(name: str, app: Any, triage: Triage) -> None:
    triage.submit("ads/metrics")
    shown = app.test_client().get("/metrics").text
    assert f"\n{name}{{" in shown
    assert 'vidare_tickets{state="open",team="ads"} 1.0' in shown
    assert "vidare_postgres_up 1.0" in shown


def test_the_slow_worker_does_replays(
    environment: dict[str, str], redis_url: str, triage: Triage, tmp_path: Path
) -> None:
    for _ in range(3):
        triage.submit("ads/metrics")
    with triage.engine.begin() as connection:
        replay = start_replay(connection, 1, 30, "Ada")
    with our_processes(environment, tmp_path, "worker-slow", "beat"):
        eventually(lambda: triage.rows("select state from triage.replays")[0].state == "done")
    with triage.engine.begin() as connection:
        found = find_replay(connection, replay)
    assert (found.done, found.tally.teams) == (3, {"ads>ads": 3})


def test_a_replay_continues_after_its_worker_died(
    environment: dict[str, str], redis_url: str, triage: Triage, tmp_path: Path
) -> None:
    triage.submit("ads/metrics")
    with triage.engine.begin() as connection:
        replay = start_replay(connection, 1, 30, "Ada")
    assert replay_chunk(triage.engine, triage.rulesets, replay, 0) == 1  # and the message for the next one was lost
    with our_processes(environment, tmp_path, "worker-slow", "beat"):
        eventually(lambda: triage.rows("select state from triage.replays")[0].state == "done")
