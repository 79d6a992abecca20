"""docs/operate/reliability.md: what was done to both designs, and what came of it."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.chaos.checker import Findings
from bench.chaos.report import recovery_table
from bench.chaos.run import Outcome
from bench.machine import machine

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operate" / "reliability.md"

_HEAD = """# What survives what

Written by `make chaos`, which anybody may run: it starts a whole system, sends notes as scripts and people do (who try again when they are
not answered), does everything below to it meanwhile, waits for quiet, and compares what every sender was told with the database, the
object store and the mailbox. The same is done, with the same notes, to [the usual design](../../bench/usual/__init__.py): commit the note,
then `.delay()` a task.
"""
_ROWS: tuple[tuple[str, Callable[[Findings], str]], ...] = (
    ("notes accepted", lambda found: f"{found.accepted:,}"),
    ("of them with a file", lambda found: f"{found.files:,}"),
    ("**lost**: told “we have it”, and in no team's queue, or changed", lambda found: f"**{len(found.lost):,}**"),
    ("**doubled**: one note, two tickets", lambda found: f"**{len(found.doubled):,}**"),
    ("**mails missing**", lambda found: f"**{len(found.mails_missing):,}**"),
    ("second mails, which a reader's program cannot join to the first", lambda found: f"{len(found.mails_apart):,}"),
    ("mails delivered twice under one Message-ID, per 10,000", lambda found: f"{_per_10_000(found):.1f}"),
    ("refused though nothing was wrong with them", lambda found: f"{len(found.refused):,}"),
    ("parked for a person to look at", lambda found: f"{found.parked:,}"),
    ("left with the broker for a worker that is gone (Celery: for an hour)", lambda found: f"{found.asleep:,}"),
)
_TWICE = """
A mail is delivered twice when the server took it and the sender cannot know: hung up on before the 250, or killed before its own commit.
It then bears the same Message-ID, by which readers' programs join the two. The mail server was ordered to do just that for a while.

In Vidare's trial nothing strikes until no note is late, for eight seconds at most. What the usual design lost would be waited for in
vain, so it is not, and gets a few faults more.
"""
_REDIS = """
Redis keeps nothing on disk here, for both designs. With one that writes its log, a restart of it alone would cost the usual design less;
what was committed while it was away, or was in the hands of a worker that was killed, it would lose all the same.
"""
_RECOVERY = """
## Back to work

From the end of each fault: seconds until notes were accepted again, and the longest that any note around it then waited to be in its
team's queue and to have its acknowledgement sent. Nobody is waited for longer than eleven seconds before the next fault strikes, so
where one takes that long it may be charged with what the next one did. A mail that was hung up on half-way is tried again after a minute.
"""


def write(vidare: Outcome, usual: Outcome) -> None:
    """Write the page. Raises OSError."""
    PAGE.write_text("\n".join(_page(vidare, usual)).rstrip() + "\n")


def _page(vidare: Outcome, usual: Outcome) -> Iterator[str]:
    yield _HEAD
    yield f"Run on {datetime.now(UTC):%Y-%m-%d}: {machine()}."
    yield ""
    yield "| | Vidare | commit, then `.delay()` |"
    yield "| --- | ---: | ---: |"
    yield f"| faults done, in seconds | {_faults(vidare)} | {_faults(usual)} |"
    for name, figure in _ROWS:
        yield f"| {name} | {figure(vidare.findings)} | {figure(usual.findings)} |"
    yield _TWICE + _REDIS
    yield "What was done: " + ", ".join(f"{kind} ({times})" for kind, times in _kinds(vidare)) + "."
    yield _RECOVERY
    yield from recovery_table(vidare.recoveries)
    yield ""
    yield "Crash points, where single edges are tried one by one: [crash-points.md](../develop/crash-points.md)."


def _faults(outcome: Outcome) -> str:
    return f"{len(outcome.spans)} in {outcome.seconds:.0f}"


def _kinds(outcome: Outcome) -> list[tuple[str, int]]:
    return sorted(Counter(span.kind for span in outcome.spans).items())


def _per_10_000(found: Findings) -> float:
    return 10_000 * found.mails_doubled / max(1, found.accepted)
