"""What is said of deliveries that wait or are parked."""

import pytest

from shared.doctor.deliveries import judge_parked, judge_waiting
from shared.events.backlog import Backlog


def _state(
    subscriber: str, *, waiting: int = 0, parked: int = 0, due: float = 0.0, old: float = 0.0, backing_off: int = 0
) -> Backlog:
    return Backlog(subscriber, waiting, backing_off, parked, due, old)


def test_an_empty_table_is_ok() -> None:
    assert judge_waiting([]).state == "ok"
    assert judge_parked([]).state == "ok"


@pytest.mark.parametrize(("late", "state"), [(0.2, "ok"), (30, "warning"), (3600, "critical")])
def test_how_late_the_oldest_is_decides(late: float, state: str) -> None:
    found = judge_waiting([_state("triage", waiting=3), _state("notify", waiting=4, due=late, old=late)])
    assert found.state == state
    assert "7 wait" in found.says
    assert "notify's" in found.says


def test_sent_deliveries_point_to_the_worker_and_unsent_ones_to_the_relay() -> None:
    """The relay sends again and again, so that nothing is due; yet nobody handles it."""
    found = judge_waiting([_state("triage", waiting=1, old=60)])
    assert found.state == "warning"
    assert "sent, and not handled" in found.says
    assert "the worker" in found.advice
    assert "relay" in judge_waiting([_state("triage", waiting=1, due=60, old=60)]).advice


def test_what_waits_behind_one_that_backs_off_is_not_critical() -> None:
    assert judge_waiting([_state("triage", waiting=2, old=3600, backing_off=1)]).state == "warning"


def test_parked_ones_are_named_by_queue_with_the_way_to_see_why() -> None:
    found = judge_parked([_state("triage", waiting=9), _state("team.ads", parked=2)])
    assert (found.state, found.says) == ("warning", "2 of team.ads")
    assert "vidare events parked" in found.advice
