"""The same processes in docker-compose.yml and in the local runner; every queue has a worker in both."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.servers import postgres
from shared.events.subscriptions import subscribers
from shared.runtime.processes import PROCESSES, Worker, all_queues, queues_of, settings_of
from shared.settings import DEFAULT_TEAMS

ROOT = Path(__file__).parents[2]
SERVERS = {"postgres", "redis", "s3", "smtp-sink"}
ONE_SHOTS = {"setup", "migrate"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return document


def test_compose_has_the_processes_of_the_local_runner(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) - ONE_SHOTS == {each.name for each in PROCESSES} | SERVERS


def test_each_process_is_served_and_checked_by_its_name(compose: dict[str, Any]) -> None:
    for each in PROCESSES:
        service = compose["services"][each.name]
        assert service["command"] == ["serve", each.name]
        assert service["healthcheck"]["test"] == ["CMD", "vidare", "serve", each.name, "--check"]


def test_postgres_has_the_same_settings_in_compose(compose: dict[str, Any]) -> None:
    given = {option for option in compose["services"]["postgres"]["command"] if "=" in option}
    assert given - {"wal_compression=lz4"} == {f"{name}={value}" for name, value in postgres.SETTINGS.items()}


def test_each_service_of_compose_waits_for_health(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        if name not in ONE_SHOTS:
            assert "healthcheck" in service, name
        for needed, how in service.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if needed in ONE_SHOTS else "service_healthy"
            assert how["condition"] == wanted, f"{name} on {needed}"


def test_no_secret_is_fixed_in_compose(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, value in (service.get("environment") or {}).items():
            if name.endswith(("_SECRET", "_PASSWORD", "_TOKEN", "_SECRET_KEY", "DATABASE_URL", "REDIS_URL")):
                assert value == f"${{{name}:-}}", name


def test_every_subscriber_has_a_queue_and_every_queue_one_worker() -> None:
    queues = all_queues(DEFAULT_TEAMS)
    assert len(queues) == len(set(queues))
    assert set(subscribers(DEFAULT_TEAMS)) <= set(queues)


def test_every_queue_follows_the_teams_setting() -> None:
    teams = ("green", "blue")
    (worker,) = [each for each in PROCESSES if isinstance(each, Worker) and each.name == "worker-teams"]
    assert queues_of(worker, teams) == ("team.green", "team.blue")


def test_every_beat_tick_goes_to_a_queue_that_a_worker_consumes(
    settings: Any, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib import import_module

    from shared.runtime.celery_app import make_celery
    from shared.runtime.processes import SERVICES

    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    celery = make_celery(settings, all_queues(DEFAULT_TEAMS))
    for service in SERVICES:
        import_module(f"services.{service}.worker").register(celery, settings_of(service))
    assert celery.conf.beat_schedule, "no timers at all"
    for name, entry in celery.conf.beat_schedule.items():
        queue = entry["options"]["queue"]
        assert getattr(queue, "name", queue) in all_queues(DEFAULT_TEAMS), name
        assert entry["task"] in celery.tasks, f"{name}: no worker knows the task {entry['task']}"
        assert entry["options"].get("expires"), (
            f"{name}: a tick that nobody took must not pile up: {json.dumps(str(entry))}"
        )
