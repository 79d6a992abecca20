"""The pages that `make bench` and `make chaos` write have the programs' current sentences."""

import re
from collections.abc import Iterable

from bench.chaos import page as chaos_page
from bench.chaos.checker import Findings
from bench.chaos.run import Outcome
from bench.pages import page
from bench.pages.row import Point, Row

ROWS = (
    Row("kept", 2.0, "x", 1.0, points=(Point("latency", "p50", 1, 1), Point("cost", "queue", 1, 1))),
    Row("not kept", 0.5, "x", 1.0, points=(Point("growth", "intake", 1, 1),), why="Because."),
)
OUTCOME = Outcome(Findings(accepted=1), [], [], attempts=1, seconds=1.0, quiet_after=1.0)


def sentences(lines: Iterable[str]) -> list[str]:
    """The lines that do not depend on what was measured."""
    text = "\n".join(lines)
    return [line for line in text.splitlines() if line and not re.match(r"\||\* |Measured on|Run on|Faults", line)]


def test_performance_page() -> None:
    written = (page.DOCS / "operate" / "performance.md").read_text(encoding="utf-8").splitlines()
    assert sentences(page.lines_of(ROWS)) == sentences(written)


def test_reliability_page() -> None:
    written = chaos_page.PAGE.read_text(encoding="utf-8").splitlines()
    assert sentences(chaos_page.lines_of(OUTCOME, OUTCOME)) == sentences(written)


def test_rows_of_the_reliability_page() -> None:
    def names(lines: Iterable[str]) -> list[str]:
        table = "\n".join(lines).partition("\nRun on")[2].partition("\n\nA mail")[0]
        return [row.split("|")[1] for row in table.splitlines() if row.startswith("|")]

    written = chaos_page.PAGE.read_text(encoding="utf-8").splitlines()
    assert names(chaos_page.lines_of(OUTCOME, OUTCOME)) == names(written)
