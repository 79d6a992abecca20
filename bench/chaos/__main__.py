"""`make chaos`: sends notes into a stack of its own while everything in it is killed, frozen and made to forget."""

import sys
import tempfile
import time
from pathlib import Path

import click

from bench.chaos.nemesis import rounds
from bench.chaos.report import recovery_table, summary
from bench.chaos.run import Plan, run

LARGEST_MINUTES, LARGEST_NOTES = 60, 100_000


@click.command()
@click.option("--minutes", type=click.FloatRange(0.5, LARGEST_MINUTES), default=10.0, show_default=True)
@click.option("--notes", type=click.IntRange(10, LARGEST_NOTES), default=10_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed: the same notes and faults.")
@click.option(
    "--home", type=click.Path(path_type=Path), help="Where the stack keeps its data; else a folder that is removed."
)
@click.option("--base-port", type=int, default=8800, show_default=True)
def main(minutes: float, notes: int, seed: int, home: Path | None, base_port: int) -> None:
    """Prove that nothing is lost and nothing doubled; exit status 1 if anything was."""
    begun = time.monotonic()

    def say(line: str) -> None:
        print(f"[{time.monotonic() - begun:6.1f} s] {line}", flush=True)

    plan = Plan(minutes * 60, notes, seed, rounds(seed))
    with tempfile.TemporaryDirectory(prefix="vidare-chaos-") as folder:
        outcome = run(home or Path(folder), base_port, plan, say)
    for line in (*summary(outcome), "", *recovery_table(outcome.recoveries)):
        print(line)
    sys.exit(0 if outcome.findings.kept else 1)


if __name__ == "__main__":
    main()
