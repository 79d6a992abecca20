"""What may be put to the same trial: Vidare, and the usual design."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.chaos import arrived, quiet, recovery
from bench.chaos.arrived import Arrived
from bench.chaos.recovery import Way
from bench.chaos.running_stack import RunningStack

Say = Callable[[str], None]


@dataclass(frozen=True)
class Design:
    """`module` starts its stack. `wait_until_caught_up` returns when no note is late, or after so many seconds; `wait_for_quiet` returns
    what is still under way after so many, in words; `ways` tells when each note was accepted, routed and acknowledged."""

    name: str
    module: str
    wait_until_caught_up: Callable[[RunningStack, float], None]
    wait_for_quiet: Callable[[RunningStack, float, Say], str | None]
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
