"""Periodic tasks: their schedule, and what becomes of an error in a step."""

import time
from functools import partial

import pytest
from celery import Celery
from sqlalchemy.exc import IntegrityError, OperationalError
from structlog.testing import capture_logs

from shared.errors import TransientError
from shared.runtime.celery_app import make_celery
from shared.runtime.ticks import RUN_DUE, Tick, for_seconds, register_tick, run_due
from tests.unit.shared.runtime.test_celery_app import SETTINGS


@pytest.fixture
def celery() -> Celery:
    return make_celery(SETTINGS)


def test_beat_sends_one_message_for_all_ticks(celery: Celery) -> None:
    register_tick(celery, "a.tick", 1.0, lambda: None)
    register_tick(celery, "another.tick", 60.0, lambda: None)
    [entry] = celery.conf.beat_schedule.values()
    assert (entry["task"], entry["schedule"]) == (RUN_DUE, 1.0)
    assert (entry["options"]["queue"].name, entry["options"]["expires"]) == ("slow", 2.0)


def test_a_tick_runs_at_its_interval() -> None:
    ran: list[str] = []
    ticks = [Tick("often", 0.0, lambda: ran.append("often")), Tick("rarely", 60.0, lambda: ran.append("rarely"))]
    run_due(ticks)
    run_due(ticks)
    assert sorted(ran) == ["often", "often", "rarely"]


def test_what_a_message_has_no_time_for_is_first_in_the_next() -> None:
    ran: list[str] = []
    ticks = [Tick(name, 0.0, partial(ran.append, name)) for name in ("a", "b")]
    run_due(ticks, seconds=0)
    assert ran == []
    ticks[0].due_at = time.monotonic()
    run_due(ticks)
    assert ran == ["b", "a"]


def test_the_error_of_one_tick_does_not_keep_the_others() -> None:
    ran: list[str] = []

    def fail() -> None:
        raise KeyError("x")

    with capture_logs() as lines, pytest.raises(KeyError):
        run_due([Tick("fails", 1.0, fail), Tick("works", 1.0, lambda: ran.append("works"))])
    assert ran == ["works"]
    assert [(line["event"], line["tick"]) for line in lines] == [("tick failed", "fails")]


@pytest.mark.parametrize(
    "error", [TransientError("the store is away"), OperationalError("select 1", {}, Exception("lost"))]
)
def test_a_transient_error_is_left_to_the_next_run(celery: Celery, error: Exception) -> None:
    def step() -> None:
        raise error

    register_tick(celery, "a.tick", 1.0, step)
    with capture_logs() as lines:
        celery.tasks["a.tick"]()
    assert [(line["log_level"], line["tick"]) for line in lines] == [("warning", "a.tick")]


@pytest.mark.parametrize("error", [KeyError("x"), IntegrityError("insert", {}, Exception("duplicate"))])
def test_any_other_error_is_raised(celery: Celery, error: Exception) -> None:
    def step() -> None:
        raise error

    register_tick(celery, "a.tick", 1.0, step)
    with pytest.raises(type(error)):
        celery.tasks["a.tick"]()


def test_time_runs_out() -> None:
    assert for_seconds(60)()
    assert not for_seconds(0)()
