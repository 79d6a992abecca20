"""`make chaos`: send submissions into a stack of its own while its processes are killed, frozen and emptied."""

import sys
import tempfile
import time
from pathlib import Path

import click

from bench.chaos import page
from bench.chaos.design import VIDARE, Design
from bench.chaos.nemesis import rounds
from bench.chaos.report import recovery_table, summary
from bench.chaos.run import Outcome, Plan, run
from bench.usual.design import USUAL

USUAL_MINUTES = 10.0  # the least for docs/operate/reliability.md: every fault comes at least once
LARGEST_MINUTES, LARGEST_COUNT = 60, 100_000


@click.command()
@click.option("--minutes", type=click.FloatRange(0.5, LARGEST_MINUTES), default=USUAL_MINUTES, show_default=True)
@click.option("--notes", "count", type=click.IntRange(10, LARGEST_COUNT), default=10_000, show_default=True)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed gives the same submissions and faults."
)
@click.option("--base-port", type=int, default=8800, show_default=True)
@click.option("--compare/--alone", default=True, help="Also run the usual design.", show_default=True)
def main(minutes: float, count: int, seed: int, base_port: int, compare: bool) -> None:
    """Check that nothing is lost or doubled; exit status 1 if anything was.

    A comparison of at least ten minutes each writes docs/operate/reliability.md.
    """
    outcomes = []
    for design in (VIDARE, USUAL) if compare else (VIDARE,):
        print(f"\n{design.name}")
        outcomes.append(_run(design, minutes, count, seed, base_port))
    if compare and minutes >= USUAL_MINUTES:
        page.write(*outcomes)
        print(f"\nwritten to {page.PAGE.name}")
    sys.exit(0 if outcomes[0].findings.kept else 1)


def _run(design: Design, minutes: float, count: int, seed: int, base_port: int) -> Outcome:
    begun = time.monotonic()

    def log(line: str) -> None:
        print(f"[{time.monotonic() - begun:6.1f} s] {line}", flush=True)

    plan = Plan(minutes * 60, count, seed, rounds(seed))
    with tempfile.TemporaryDirectory(prefix="vidare-chaos-") as folder:
        outcome = run(Path(folder), base_port, plan, log, design)
    for line in (*summary(outcome), "", *recovery_table(outcome.recoveries)):
        print(line)
    return outcome


if __name__ == "__main__":
    main()
