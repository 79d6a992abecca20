"""`make chaos`: sends notes into a stack of its own while everything in it is killed, frozen and made to forget."""

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

USUAL_MINUTES = 10.0  # what docs/operate/reliability.md is written of: every fault comes at least once
LARGEST_MINUTES, LARGEST_NOTES = 60, 100_000


@click.command()
@click.option("--minutes", type=click.FloatRange(0.5, LARGEST_MINUTES), default=USUAL_MINUTES, show_default=True)
@click.option("--notes", type=click.IntRange(10, LARGEST_NOTES), default=10_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed: the same notes and faults.")
@click.option("--base-port", type=int, default=8800, show_default=True)
@click.option("--compare/--alone", default=True, help="Put the usual design to the same trial.", show_default=True)
def main(minutes: float, notes: int, seed: int, base_port: int, compare: bool) -> None:
    """Prove that nothing is lost and nothing doubled; exit status 1 if anything was.

    A comparison of at least ten minutes each writes docs/operate/reliability.md.
    """
    outcomes = []
    for design in (VIDARE, USUAL) if compare else (VIDARE,):
        print(f"\n{design.name}")
        outcomes.append(_trial(design, minutes, notes, seed, base_port))
    if compare and minutes >= USUAL_MINUTES:
        page.write(*outcomes)
        print(f"\nwritten to {page.PAGE.name}")
    sys.exit(0 if outcomes[0].findings.kept else 1)


def _trial(design: Design, minutes: float, notes: int, seed: int, base_port: int) -> Outcome:
    begun = time.monotonic()

    def say(line: str) -> None:
        print(f"[{time.monotonic() - begun:6.1f} s] {line}", flush=True)

    plan = Plan(minutes * 60, notes, seed, rounds(seed))
    with tempfile.TemporaryDirectory(prefix="vidare-chaos-") as folder:
        outcome = run(Path(folder), base_port, plan, say, design)
    for line in (*summary(outcome), "", *recovery_table(outcome.recoveries)):
        print(line)
    return outcome


if __name__ == "__main__":
    main()
