"""Replaying parked deliveries while everything else goes on."""

import pytest
from sqlalchemy import Engine, text

from shared.errors import Unprocessable
from shared.events.parked import list_parked, replay_parked
from tests.integration.shared.events.conftest import an_event, delivery, recorded


def park(engine: Engine, *numbers: int) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("update events.deliveries set parked_at = clock_timestamp() where id = any(:ids)"),
            {"ids": list(numbers)},
        )


def test_a_replay_leaves_a_followers_back_off_alone(effects: Engine) -> None:
    first, second = recorded(effects, an_event(), an_event())
    park(effects, first)
    with effects.begin() as connection:
        connection.execute(
            text(
                "update events.deliveries set due_at = now() + interval '1 minute', not_before = now() + interval '1 minute'"
            )
        )
        assert replay_parked(connection) == [f"{first}:triage"]
    head, follower = delivery(effects, first), delivery(effects, second)
    assert head
    assert follower
    assert (head["flying"], follower["flying"], follower["backing_off"]) == (False, True, True)


def test_a_second_replay_does_not_wait_for_the_first(effects: Engine) -> None:
    first, second = recorded(effects, an_event("T-0000-0001"), an_event("T-0000-0002"))
    park(effects, first, second)
    with effects.begin() as one, effects.begin() as other:
        assert replay_parked(one, [f"{second}:triage"]) == [f"{second}:triage"]
        assert replay_parked(other) == [f"{first}:triage"]


def test_many_are_replayed_in_the_order_recorded(effects: Engine) -> None:
    numbers = recorded(effects, *[an_event(f"T-0000-{number:04}") for number in range(300)])
    park(effects, *numbers)
    with effects.begin() as connection:
        assert replay_parked(connection) == [f"{number}:triage" for number in numbers]


@pytest.mark.parametrize(
    "cursor", ["²:triage", "9" * 30 + ":triage", "x:triage", "-1:triage", "1:tri\x00age", "1:\ud800"]
)
def test_a_cursor_that_is_none_is_refused(effects: Engine, cursor: str) -> None:
    with effects.begin() as connection, pytest.raises(Unprocessable):
        list_parked(connection, 10, after=cursor)


@pytest.mark.parametrize(
    "name", ["", "1", "²:triage", "1:tri\x00age", "9" * 30 + ":triage", "1:\ud800", "1:triage' or true"]
)
def test_an_id_that_is_none_replays_nothing(effects: Engine, name: str) -> None:
    (number,) = recorded(effects, an_event())
    park(effects, number)
    with effects.begin() as connection:
        assert replay_parked(connection, [name]) == []
