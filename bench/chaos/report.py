"""The outcome as text and tables."""

from collections.abc import Iterator

from bench.chaos.recovery import Recovery, percentile
from bench.chaos.run import Outcome

MOST_NAMED = 10  # problems of one kind that are named


def summary(outcome: Outcome) -> Iterator[str]:
    """The findings, one a line; the figures that must be zero first."""
    found = outcome.findings
    yield f"accepted                  {found.accepted:>8}   in {outcome.attempts} attempts, {outcome.seconds:.0f} s"
    yield f"with a file               {found.files:>8}"
    yield f"faults injected           {len(outcome.spans):>8}"
    for name, wrong in (
        ("lost", found.lost),
        ("doubled", found.doubled),
        ("mails missing", found.mails_missing),
        ("second mails", found.mails_apart),
        ("refused", found.refused),
    ):
        yield f"{name:<25} {len(wrong):>8}"
        yield from (f"    {each}" for each in wrong[:MOST_NAMED])
    share = 10_000 * found.mails_doubled / max(1, found.accepted)
    yield f"mails delivered twice     {found.mails_doubled:>8}   with the same Message-ID; {share:.1f} per 10,000"
    yield f"accepted, client not told {found.unheard:>8}"
    yield f"parked events             {found.parked:>8}"
    yield f"quiet after               {outcome.quiet_after:>8.0f} s" + (
        f"   NOT QUIET: {found.under_way}" if found.under_way else ""
    )


def recovery_table(recoveries: list[Recovery]) -> Iterator[str]:
    """Markdown: a row for each kind of fault."""
    yield "| fault | times | accepted again p50 / p99 | routed again p50 / p99 | acknowledged again p50 / p99 |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for each in recoveries:
        cells = (_both(values) for values in (each.accepted, each.routed, each.acknowledged))
        yield f"| {each.kind} | {len(each.routed)} | {' | '.join(cells)} |"


def _both(values: list[float]) -> str:
    return f"{percentile(values, 0.5):.1f} / {percentile(values, 0.99):.1f} s"
