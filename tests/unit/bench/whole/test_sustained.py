"""Which rates are offered, and which hold."""

import pytest

from bench.whole.sustained import Offer, search


def offered_up_to(highest: int) -> list[int]:
    """The rates that are offered to a stack that carries so much."""
    return [
        offer.rate
        for offer in search(
            (50, 100, 200, 400, 500), 200, lambda rate: Offer(rate, (0 if rate <= highest else 9 * rate,), 0, 0)
        )
    ]


@pytest.mark.parametrize(
    ("highest", "offered"),
    [
        (1_000, [200, 400, 500]),
        (450, [200, 400, 500]),
        (250, [200, 400]),
        (120, [200, 100]),
        (70, [200, 100, 50]),
        (10, [200, 100, 50]),
    ],
)
def test_the_search_ends_at_the_highest_rate_that_holds(highest: int, offered: list[int]) -> None:
    assert offered_up_to(highest) == offered


@pytest.mark.parametrize(
    ("backlogs", "late", "holds"),
    [((900, 800), 0.0, True), ((0, 801), 0.0, False), ((0, 400), 1.0, True), ((0, 0), 2.1, False)],
)
def test_a_rate_holds_with_a_backlog_of_two_seconds_at_the_end(
    backlogs: tuple[int, ...], late: float, holds: bool
) -> None:
    assert Offer(400, backlogs, late, 0.1).holds is holds
