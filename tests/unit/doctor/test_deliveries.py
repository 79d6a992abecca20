"""What is said of deliveries that wait or are parked."""

import pytest

from shared.doctor.deliveries import judge_parked, judge_waiting
from shared.events.backlog import Backlog


def _state(subscriber: str, *, waiting: int = 0, parked: int = 0, late: float = 0.0) -> Backlog:
    return Backlog(subscriber, waiting, 0, parked, late)


def test_an_empty_table_is_well() -> None:
    assert judge_waiting([]).state == "well"
    assert judge_parked([]).state == "well"


@pytest.mark.parametrize(("late", "state"), [(0.2, "well"), (30, "watch"), (3600, "ill")])
def test_how_late_the_oldest_is_decides(late: float, state: str) -> None:
    found = judge_waiting([_state("triage", waiting=3), _state("notify", waiting=4, late=late)])
    assert found.state == state
    assert "7 wait" in found.says
    assert "notify's" in found.says


def test_parked_ones_are_named_by_queue_with_the_way_to_see_why() -> None:
    found = judge_parked([_state("triage", waiting=9), _state("team.ads", parked=2)])
    assert (found.state, found.says) == ("watch", "2 of team.ads")
    assert "vidare events parked" in found.advice
