"""Waiting for something to become true, with a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


# Seconds. It costs nothing when the condition holds, and two busy cores may let a process wait long.
PATIENCE = 60.0


def eventually(check: Callable[[], T], within: float = PATIENCE, every: float = 0.05) -> T:
    """The first true value that `check` returns, asked `every` seconds for up to `within` seconds.

    An AssertionError of `check` counts as "not yet"; the last one is raised at the deadline.
    """
    deadline = time.monotonic() + within
    while True:
        failure: AssertionError | None = None
        value: T | None = None
        try:
            value = check()
        except AssertionError as error:
            failure = error
        if value:
            return value
        if time.monotonic() > deadline:
            raise failure or AssertionError(f"not so within {within:g} s; the last value was {value!r}")
        time.sleep(every)
