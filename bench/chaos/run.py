"""One run: start a stack, send submissions, inject faults, wait until it is quiet, compare."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.chaos.checker import Findings, check
from bench.chaos.client import PATIENCE
from bench.chaos.design import VIDARE, Design
from bench.chaos.faults import Fault
from bench.chaos.nemesis import Span, inject
from bench.chaos.recovery import Recovery, recoveries
from bench.chaos.running_stack import RunningStack
from bench.chaos.submissions import submissions
from bench.chaos.traffic import Traffic

CALM = 3.0  # seconds of traffic before the first fault


@dataclass(frozen=True)
class Plan:
    """Up to `submissions` are sent within `seconds` while `faults` are injected. Between two faults there are `pause` seconds, and up to
    `catch_up` more until no submission is late, so that a fault's recovery does not include the next one's effect."""

    seconds: float
    submissions: int
    seed: int
    faults: Iterable[Fault]
    pause: float = 3.0
    catch_up: float = 8.0
    quiet_within: float = 480.0  # a mail that was deferred twice comes after six minutes


@dataclass(frozen=True)
class Outcome:
    """The result of a run."""

    findings: Findings
    recoveries: list[Recovery]
    spans: list[Span]
    attempts: int
    seconds: float
    quiet_after: float


def run(folder: Path, base: int, plan: Plan, log: Callable[[str], None], design: Design = VIDARE) -> Outcome:
    """Start a stack in `folder` on the ports from `base`, run the plan, compare, stop the stack.

    Raises RuntimeError if the stack does not start.
    """
    stack = RunningStack(folder, base, design.module)
    try:
        stack.wait_until_ready()
        log("the stack serves")
        return _run(stack, plan, log, design)
    finally:
        stack.stop()


def _run(stack: RunningStack, plan: Plan, log: Callable[[str], None], design: Design) -> Outcome:
    begun = time.monotonic()
    traffic = Traffic(
        stack.told["intake_url"], submissions(plan.seed), plan.submissions, plan.submissions / plan.seconds
    )
    traffic.start()
    time.sleep(CALM)

    def tell(what: str) -> None:
        log(f"{len(traffic.promises):>6} submissions accepted   {what}")

    def rest(stack: RunningStack) -> None:
        time.sleep(plan.pause)
        design.wait_until_caught_up(stack, plan.catch_up)

    spans = inject(stack, plan.faults, rest, begun + plan.seconds, tell)
    while not traffic.done and time.monotonic() < begun + plan.seconds:
        time.sleep(0.2)
    traffic.no_more()
    traffic.finish(PATIENCE + 10)
    ended = time.monotonic()
    tell("no more faults; waiting until nothing is under way")
    under_way = design.wait_for_quiet(stack, plan.quiet_within, log)
    quiet_after = time.monotonic() - ended
    log("comparing")
    findings = check(stack, design.arrived(stack), traffic.promises, traffic.rejections)
    findings.under_way = under_way
    found = recoveries(design.ways(stack), spans)
    attempts = sum(promise.attempts for promise in traffic.promises)
    return Outcome(findings, found, spans, attempts, ended - begun, quiet_after)
