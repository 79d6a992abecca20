"""What is said of Celery's queues, and of the clocks."""

import pytest

from shared.doctor.queues import judge_queues
from shared.doctor.servers import judge_clocks

TEAMS = ("ads", "billing")


def test_queues_that_are_empty_or_consumed_are_ok() -> None:
    assert judge_queues({"triage": 0, "slow": 0}, [], TEAMS).says == "all 2 are empty"
    assert judge_queues({"triage": 8, "slow": 0}, [], TEAMS).state == "ok"


def test_a_queue_that_nobody_takes_from_is_named_with_its_worker() -> None:
    found = judge_queues({"triage": 8, "team.ads": 1, "slow": 0}, ["team.ads"], TEAMS)
    assert found.state == "warning"
    assert "8 in triage, 1 in team.ads; no worker consumed team.ads" in found.says
    assert "worker-teams" in found.advice
    assert "worker-triage" not in found.advice


@pytest.mark.parametrize(("postgres", "redis", "state"), [(0.1, -4.9, "ok"), (-6, 0, "warning"), (0, 60, "warning")])
def test_a_clock_that_is_off_is_told_by_how_much(postgres: float, redis: float, state: str) -> None:
    found = judge_clocks(postgres, redis)
    assert found.state == state
    assert f"{postgres:+.1f} s" in found.says
    assert f"{redis:+.1f} s" in found.says
