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
    """`module` starts its stack; `wait_for_quiet` returns what is still under way after so many seconds, in words; `ways` tells when
    each note was accepted, routed and acknowledged."""

    name: str
    module: str
    wait_for_quiet: Callable[[RunningStack, float, Say], str | None]
    arrived: Callable[[RunningStack], Arrived]
    ways: Callable[[RunningStack], Sequence[Way]]


VIDARE = Design("Vidare", "bench.chaos.stack", quiet.wait_for_quiet, arrived.read, recovery.ways)
