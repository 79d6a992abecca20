"""A team that is added while a relay and a worker run, of either pool."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from local.servers.server import Server
from shared.auth.teams import add_team
from shared.events.contracts import Event
from shared.events.suspects import command
from shared.runtime.celery_app import make_celery, queue
from shared.settings import PlatformSettings
from tests.integration.triage.conftest import Triage
from tests.our_processes import our_processes
from tests.polling import eventually


def call_of(triage: Triage, team: str) -> Any:
    """Record that a ticket was routed to a team with a webhook; returns a function that says whether the webhook was tried."""
    reference = triage.submit("account/other")
    triage.rows(
        "insert into triage.webhooks (team, url, secret, created_by) values (:team, 'http://127.0.0.1:9', 'x', 'x')",
        team=team,
    )
    triage.record(Event("TicketRouted", reference, {"team": team, "category": "account/other"}, "c"))
    return lambda: triage.rows("select from triage.webhook_calls where team = :team and attempts > 0", team=team)


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_new_team_has_its_queue_and_worker_without_a_restart(
    processes: str, environment: dict[str, str], redis_url: str, triage: Triage, tmp_path: Path
) -> None:
    concurrency = {"VIDARE_WORKER_CONCURRENCY": processes}
    with our_processes(environment | concurrency, tmp_path, "relay", "worker-teams"):
        eventually(call_of(triage, "ads"))
        with triage.engine.begin() as connection:
            add_team(connection, "late-risers", "Late risers")
        eventually(call_of(triage, "late-risers"))
        assert triage.rows("select from events.deliveries where subscriber = 'team.late-risers'") == []


def test_a_team_of_the_table_has_a_worker_after_a_restart(
    environment: dict[str, str], settings: PlatformSettings, redis_url: str, triage: Triage, tmp_path: Path
) -> None:
    with triage.engine.begin() as connection:
        add_team(connection, "green", "Green")
    # A message of the version before, whose task nobody has any more.
    make_celery(settings).send_task("team.ads.consume", args=[[1]], queue=queue("team.ads"), retry=False)
    was_called = call_of(triage, "green")
    with our_processes(environment, tmp_path, "relay", "worker-teams"), Redis.from_url(redis_url) as redis:
        eventually(was_called)
        eventually(lambda: not redis.llen("team.ads"))
        eventually(call_of(triage, "ads"))


def test_a_new_teams_queue_is_consumed_after_redis_restarted(
    environment: dict[str, str], own_redis: Server, triage: Triage, tmp_path: Path
) -> None:
    with our_processes(environment | {"VIDARE_REDIS_URL": own_redis.url}, tmp_path, "relay", "worker-teams"):
        eventually(call_of(triage, "ads"))
        with triage.engine.begin() as connection:
            add_team(connection, "green", "Green")
        eventually(call_of(triage, "green"))
        own_redis.kill()
        own_redis.start()
        was_called = call_of(triage, "green")
        eventually(lambda: len(was_called()) > 1)


def test_a_suspect_delivery_of_a_new_team_has_a_process_of_its_own(environment: dict[str, str], triage: Triage) -> None:
    call_of(triage, "green")
    waiting = "select id from events.deliveries where subscriber = 'team.green'"
    [(delivery,)] = triage.rows(waiting)
    triage.rows("update events.deliveries set sends = 4 where id = :id", id=delivery)
    subprocess.run([*command(["triage"]), "team.green", str(delivery)], env=os.environ | environment, check=True)
    assert triage.rows(waiting) == []
    assert len(triage.rows("select from triage.webhook_calls where team = 'green'")) == 1
