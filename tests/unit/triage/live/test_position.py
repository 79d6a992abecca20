"""Positions in tables whose ids do not appear in their order."""

import pytest

from services.triage.live.position import MISSING_FOR, MOST_NAMED, Point, Position, Track, tracked


@pytest.mark.parametrize(
    "position",
    [
        Position(Point(0), Point(0), 0),
        Position(Point(1204, (1190, 1193)), Point(17, (16,)), 3),
        Position(Point(5), Point(9, (1, 2, 3)), 10**17),
        Position(Point(5_000, (*range(1_001, 1_181), 1_190)), Point(0), 0),
    ],
)
def test_an_id_names_a_position(position: Position) -> None:
    assert Position.parse(str(position)) == position


def test_the_id_of_an_event_before_others_of_its_batch_names_the_position_before() -> None:
    assert Position.parse("12.3.4.q") == Position(Point(12), Point(3), 4)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "12",
        "12.3",
        "a.b.c",
        "12.3.4.5",
        "-1.2.3",
        "1" * 19 + ".1.1",
        "12-.3.4",
        "٣.1.1",
        "9-3~1.0.0",
        "9-1~999999999999.0.0",
    ],
)
def test_other_ids_name_none(given: str) -> None:
    assert Position.parse(given) is None


def test_ids_that_were_skipped_are_missing_until_they_come() -> None:
    track = Track(10)
    for row in (11, 14, 15):
        track.read(row, now=0.0)
    assert track.point == Point(15, (12, 13))
    track.read(13, now=1.0)
    assert track.point == Point(15, (12,))


def test_an_id_that_is_missing_for_long_was_rolled_back() -> None:
    track = Track(10)
    track.read(12, now=0.0)
    track.forget(MISSING_FOR)
    assert track.point.missing == (11,)
    track.forget(MISSING_FOR + 1)
    assert track.point == Point(12)


def test_after_a_jump_every_position_that_is_told_is_read_again() -> None:
    track = Track(0)
    for row in (5_000, 5_003, 5_010):
        track.read(row, now=0.0)
        position = Position(track.point, Point(0), 0)
        assert Position.parse(str(position)) == position
    assert track.missing.keys() >= {5_001, 5_002, *range(5_004, 5_010)}, "the newest ones may still come"


def test_many_missing_ids_stay_bounded() -> None:
    track = Track(0)
    for row in range(10, 100_000, 10):
        track.read(row, now=0.0)
    assert len(track.missing) <= 2_000
    assert len(str(track.point)) < 20 * MOST_NAMED


def test_of_too_many_missing_ids_it_stands_before_the_first() -> None:
    few, many = Point(200, tuple(range(50, 130, 2))), Point(200, tuple(range(50, 132, 2)))
    assert str(few).startswith("200-50,52,")
    assert str(many) == "49", "who continues there hears of all of them"


def test_at_the_beginning_what_is_not_there_may_still_come() -> None:
    assert tracked(20, [15, 16, 18, 20], 14, 0.0).point == Point(20, (17, 19))
