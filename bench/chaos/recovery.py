"""How long it took, after each kind of fault, until everything went its way again."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.chaos.nemesis import Span
from bench.chaos.running_stack import RunningStack

# Seconds. Notes submitted this long before a fault may still have been under way when it came; those submitted this
# long after its end met what it left behind, and have twice as long until the next fault may strike.
BEFORE, AFTER = 1.0, 1.0

# Kept by Postgres's clock, which on one machine is the nemesis's too.
_WAYS = """
    select extract(epoch from min(l.occurred_at) filter (where l.type = 'TicketSubmitted'))::float8,
           extract(epoch from min(l.occurred_at) filter (where l.type = 'TicketRouted'))::float8,
           extract(epoch from (select min(e.sent_at) from notify.emails e
                               where e.ticket = l.ticket and e.kind = 'acknowledgement'))::float8
    from events.log l where l.ticket is not null group by l.ticket order by 1
"""


@dataclass(frozen=True)
class Way:
    """When a note was accepted, in its team's queue, acknowledged; Unix times."""

    accepted: float
    routed: float
    acknowledged: float | None


@dataclass(frozen=True)
class Recovery:
    """Of one kind of fault: for each time it struck, the seconds until notes were accepted again, and the longest that
    any note around it waited to be routed and acknowledged, all counted from its end."""

    kind: str
    accepted: list[float]
    routed: list[float]
    acknowledged: list[float]


def ways(stack: RunningStack) -> list[Way]:
    """The way of every note that was routed, oldest first."""
    with stack.database() as connection:
        rows = connection.execute(_WAYS).fetchall()
    return [Way(row[0], row[1], row[2]) for row in rows if row[0] is not None and row[1] is not None]


def recoveries(travelled: Sequence[Way], spans: Iterable[Span]) -> list[Recovery]:
    """What each kind of fault cost, in the order of the kinds' names."""
    by_kind: dict[str, Recovery] = {}
    for span in spans:
        concerned = [way for way in travelled if span.began - BEFORE <= way.accepted <= span.ended + AFTER]
        later = [way.accepted for way in travelled if way.accepted >= span.ended]
        if not concerned or not later:
            continue
        kind = by_kind.setdefault(span.kind, Recovery(span.kind, [], [], []))
        kind.accepted.append(later[0] - span.ended)
        kind.routed.append(max(_wait(way.accepted, way.routed, span.ended) for way in concerned))
        waits = [_wait(way.accepted, way.acknowledged, span.ended) for way in concerned if way.acknowledged]
        kind.acknowledged.append(max(waits, default=0.0))
    return [by_kind[name] for name in sorted(by_kind)]


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: of fewer than a hundred values p99 is the largest."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


def _wait(accepted: float, arrived: float, ended: float) -> float:
    return max(0.0, arrived - max(accepted, ended))
