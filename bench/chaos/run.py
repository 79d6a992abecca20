"""One run: a stack, notes, harm, quiet, and the comparison."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.chaos.checker import Findings, check
from bench.chaos.client import PATIENCE
from bench.chaos.design import VIDARE, Design
from bench.chaos.faults import Fault
from bench.chaos.nemesis import Span, torment
from bench.chaos.notes import notes
from bench.chaos.recovery import Recovery, recoveries
from bench.chaos.running_stack import RunningStack
from bench.chaos.traffic import Traffic

CALM = 3.0  # seconds of traffic before the first fault


@dataclass(frozen=True)
class Plan:
    """How long notes are sent, how many at most, what is done meanwhile, how long the quiet afterwards may take. Between two faults
    there are `pause` seconds, and up to `catch_up` more until no note is late: else one fault would be charged with the next."""

    seconds: float
    notes: int
    seed: int
    faults: Iterable[Fault]
    pause: float = 3.0
    catch_up: float = 8.0
    quiet_within: float = 480.0  # a mail that was put off twice comes after six minutes


@dataclass(frozen=True)
class Outcome:
    """What came out of a run."""

    findings: Findings
    recoveries: list[Recovery]
    spans: list[Span]
    attempts: int
    seconds: float
    quiet_after: float


def run(home: Path, base: int, plan: Plan, say: Callable[[str], None], design: Design = VIDARE) -> Outcome:
    """Start a stack in `home` on the ports from `base`, send and harm as planned, compare, end it.

    Raises RuntimeError when the stack does not start.
    """
    stack = RunningStack(home, base, design.module)
    try:
        stack.wait_until_ready()
        say("the stack serves")
        return _run(stack, plan, say, design)
    finally:
        stack.stop()


def _run(stack: RunningStack, plan: Plan, say: Callable[[str], None], design: Design) -> Outcome:
    begun = time.monotonic()
    traffic = Traffic(stack.told["intake_url"], notes(plan.seed), plan.notes, plan.notes / plan.seconds)
    traffic.start()
    time.sleep(CALM)

    def tell(what: str) -> None:
        say(f"{len(traffic.promises):>6} notes accepted   {what}")

    def rest(stack: RunningStack) -> None:
        time.sleep(plan.pause)
        design.wait_until_caught_up(stack, plan.catch_up)

    spans = torment(stack, plan.faults, rest, begun + plan.seconds, tell)
    while not traffic.done and time.monotonic() < begun + plan.seconds:
        time.sleep(0.2)
    traffic.no_more()
    traffic.finish(PATIENCE + 10)
    ended = time.monotonic()
    tell("no more harm; waiting for quiet")
    under_way = design.wait_for_quiet(stack, plan.quiet_within, say)
    quiet_after = time.monotonic() - ended
    say("comparing")
    findings = check(stack, design.arrived(stack), traffic.promises, traffic.refusals)
    findings.under_way = under_way
    found = recoveries(design.ways(stack), spans)
    attempts = sum(promise.attempts for promise in traffic.promises)
    return Outcome(findings, found, spans, attempts, ended - begun, quiet_after)
