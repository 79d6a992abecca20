"""Writes docs/operate/reliability.md: the faults injected into both designs, and their results."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.chaos.checker import Findings
from bench.chaos.report import recovery_table
from bench.chaos.run import Outcome
from bench.harness.machine import machine

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operate" / "reliability.md"

_HEAD = """# Reliability

`make chaos` writes this page. It starts a whole system and sends submissions as scripts and people do, who try again when
they get no answer. Meanwhile it injects the faults below. Then it waits until all work is done, and compares what every
sender was told with the database, the object store and the mailbox. [The usual design](../../bench/usual/__init__.py), which
commits the ticket and then calls `.delay()`, gets the same submissions and faults.
"""
_ROWS: tuple[tuple[str, Callable[[Findings], str]], ...] = (
    ("submissions accepted", lambda found: f"{found.accepted:,}"),
    ("with a file", lambda found: f"{found.files:,}"),
    ("**lost**: accepted, but in no team's queue, or changed", lambda found: f"**{len(found.lost):,}**"),
    ("**doubled**: one submission, two tickets", lambda found: f"**{len(found.doubled):,}**"),
    ("**mails missing**", lambda found: f"**{len(found.mails_missing):,}**"),
    ("second mails with another Message-ID", lambda found: f"{len(found.mails_apart):,}"),
    ("mails delivered twice with one Message-ID, per 10,000", lambda found: f"{_per_10_000(found):.1f}"),
    ("refused although valid", lambda found: f"{len(found.refused):,}"),
    ("parked events", lambda found: f"{found.parked:,}"),
    ("left in the broker for a dead worker (Celery: for an hour)", lambda found: f"{found.asleep:,}"),
)
_TWICE = """
A mail is delivered twice if the server accepted it and the sender cannot know: the connection was closed before the 250, or
the sender was killed before its commit. Both copies have the same Message-ID, so mail programs show one. The mail server was
told to do exactly that for a while.

In Vidare's run each fault waits until no ticket is late, for eight seconds at most. The usual design's run does not wait,
since lost tickets never arrive, and so gets a few more faults.
"""
_REDIS = """
Redis keeps nothing on disk, in both runs. With a Redis that writes its log the usual design would lose less when Redis alone
restarts. It would still lose what was committed while Redis was down, and what a killed worker was processing.
"""
_RECOVERY = """
## Recovery

Seconds from the end of each fault until submissions were accepted again, and the longest time that a submission around it
then waited to be in its team's queue and to have its acknowledgement sent. The next fault comes after eleven seconds at the
latest, so a longer recovery may include the next fault's effect. An interrupted mail is tried again after a minute.
"""


def write(vidare: Outcome, usual: Outcome) -> None:
    """Write the page. Raises OSError."""
    PAGE.write_text("\n".join(lines_of(vidare, usual)).rstrip() + "\n")


def lines_of(vidare: Outcome, usual: Outcome) -> Iterator[str]:
    yield _HEAD
    yield f"Run on {datetime.now(UTC):%Y-%m-%d}: {machine()}."
    yield ""
    yield "| | Vidare | commit, then `.delay()` |"
    yield "| --- | ---: | ---: |"
    yield f"| faults injected, in seconds | {_faults(vidare)} | {_faults(usual)} |"
    for name, figure in _ROWS:
        yield f"| {name} | {figure(vidare.findings)} | {figure(usual.findings)} |"
    yield _TWICE + _REDIS
    yield "Faults injected: " + ", ".join(f"{kind} ({times})" for kind, times in _kinds(vidare)) + "."
    yield _RECOVERY
    yield from recovery_table(vidare.recoveries)
    yield ""
    yield "[Crash points](../develop/crash-points.md) test each single step."


def _faults(outcome: Outcome) -> str:
    return f"{len(outcome.spans)} in {outcome.seconds:.0f}"


def _kinds(outcome: Outcome) -> list[tuple[str, int]]:
    return sorted(Counter(span.kind for span in outcome.spans).items())


def _per_10_000(found: Findings) -> float:
    return 10_000 * found.mails_doubled / max(1, found.accepted)
