"""Periodic tasks: their schedule, and what becomes of an error in a step."""

from typing import Any

import pytest
from celery import Celery
from sqlalchemy.exc import IntegrityError, OperationalError
from structlog.testing import capture_logs

from shared.errors import TransientError
from shared.runtime.celery_app import make_celery
from shared.runtime.ticks import for_seconds, register_tick
from tests.unit.shared.runtime.test_celery_app import SETTINGS


@pytest.fixture
def celery() -> Celery:
    return make_celery(SETTINGS)


@pytest.mark.parametrize(
    ("every", "given", "queue", "expires"),
    [
        (10.0, {}, "slow", 10.0),
        (1.0, {}, "slow", 2.0),
        (1.0, {"expires": 1.0, "on": "notify.send"}, "notify.send", 1.0),
    ],
)
def test_beat_sends_a_tick_at_its_interval(
    celery: Celery, every: float, given: dict[str, Any], queue: str, expires: float
) -> None:
    register_tick(celery, "a.tick", every, lambda: None, **given)
    entry = celery.conf.beat_schedule["a.tick"]
    assert (entry["task"], entry["schedule"]) == ("a.tick", every)
    assert (entry["options"]["queue"].name, entry["options"]["expires"]) == (queue, expires)


def test_the_options_of_the_task_are_passed_on(celery: Celery) -> None:
    register_tick(celery, "a.tick", 1.0, lambda: None, time_limit=7)
    assert celery.tasks["a.tick"].time_limit == 7


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
