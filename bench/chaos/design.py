"""The designs that a run can test: Vidare, and the usual one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.chaos import arrived, quiet, recovery
from bench.chaos.arrived import Arrived
from bench.chaos.recovery import Way
from bench.chaos.running_stack import RunningStack

Log = Callable[[str], None]


@dataclass(frozen=True)
class Design:
    """`module` starts its stack. `wait_until_caught_up` returns when no submission is late, or after so many seconds. `wait_for_quiet`
    returns a description of what is still under way after so many seconds. `ways`: when each was accepted, routed, acknowledged."""

    name: str
    module: str
    wait_until_caught_up: Callable[[RunningStack, float], None]
    wait_for_quiet: Callable[[RunningStack, float, Log], str | None]
    arrived: Callable[[RunningStack], Arrived]
    ways: Callable[[RunningStack], Sequence[Way]]


VIDARE = Design(
    name="Vidare",
    module="bench.chaos.stack",
    wait_until_caught_up=quiet.wait_until_caught_up,
    wait_for_quiet=quiet.wait_for_quiet,
    arrived=arrived.read,
    ways=recovery.ways,
)
