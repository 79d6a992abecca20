"""How long recovery took after each kind of fault."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.chaos.nemesis import Span
from bench.chaos.running_stack import RunningStack

# Seconds. Submissions up to this long before a fault may be under way when it comes. Those up to this long after its end may be
# affected by it, and have twice as long until the next fault.
BEFORE, AFTER = 1.0, 1.0

# By Postgres's clock, which on one machine is this process's too.
_WAYS = """
    select extract(epoch from min(l.occurred_at) filter (where l.type = 'TicketSubmitted'))::float8,
           extract(epoch from min(l.occurred_at) filter (where l.type = 'TicketRouted'))::float8,
           extract(epoch from (select min(e.sent_at) from notify.emails e
                               where e.ticket = l.ticket and e.kind = 'acknowledgement'))::float8
    from events.log l where l.ticket is not null group by l.ticket order by 1
"""


@dataclass(frozen=True)
class Way:
    """When a submission was accepted, routed and acknowledged; Unix times."""

    accepted: float
    routed: float
    acknowledged: float | None


@dataclass(frozen=True)
class Recovery:
    """For each fault of one kind, the seconds until submissions were accepted again, and the longest time until one around it was
    routed and acknowledged, all from the fault's end."""

    kind: str
    accepted: list[float]
    routed: list[float]
    acknowledged: list[float]


def ways(stack: RunningStack) -> list[Way]:
    """The times of every routed submission, oldest first."""
    with stack.database() as connection:
        rows = connection.execute(_WAYS).fetchall()
    return [Way(row[0], row[1], row[2]) for row in rows if row[0] is not None and row[1] is not None]


def recoveries(travelled: Sequence[Way], spans: Iterable[Span]) -> list[Recovery]:
    """The recovery after each kind of fault, ordered by kind."""
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
