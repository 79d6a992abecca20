"""Service levels by week, team and category: appended counts, folded in the background, summed for the report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

MINUTE, HOUR, DAY = 60, 3_600, 86_400
# Upper bounds in seconds. A waiting time is counted in the first bucket whose bound is not below it; one more bucket holds the rest.
BUCKETS: Sequence[int] = (
    15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, DAY, 2 * DAY, 3 * DAY, 5 * DAY, 7 * DAY, 14 * DAY
)  # fmt: skip

_FOLD = text("""
    with folded as (
        delete from triage.service_counts where ctid = any(array(
            select ctid from triage.service_counts where week >= triage.monday(clock_timestamp()) - 7 limit 20000 for update skip locked))
        returning week, team, category, measure, bucket, count, seconds
    )
    insert into triage.service_counts (week, team, category, measure, bucket, count, seconds)
    select week, team, category, measure, bucket, sum(count), sum(seconds) from folded group by week, team, category, measure, bucket
""")

# Misroutes count for the team that transferred the ticket, help pages for the category's own team.
_REPORT = text("""
    select week, team, category, measure, bucket, sum(count)::bigint as number, sum(seconds)::bigint as seconds
    from triage.service_counts where week between :first and :last and (cast(:team as text) is null or team = :team)
    group by week, team, category, measure, bucket
    union all
    select triage.monday(line.at), line.facts ->> 'from', ticket.category, 'misrouted', null, count(*), 0
    from triage.timeline line join triage.tickets ticket on ticket.reference = line.ticket
    where line.kind = 'transferred' and line.facts ->> 'cause' = 'wrong_team'
      and line.at >= cast(:first as date) and line.at < cast(:last as date) + 7
      and (cast(:team as text) is null or line.facts ->> 'from' = :team)
      and not exists (select from triage.undone_lines undone where undone.line = line.id)
    group by 1, 2, 3
    union all
    select date_trunc('week', day)::date, split_part(path, '/', 1), path, 'help_' || step, null, sum(count)::bigint, 0
    from triage.help_counts where day >= :first and day < cast(:last as date) + 7 and step in ('shown', 'submitted', 'came_back')
      and (cast(:team as text) is null or split_part(path, '/', 1) = :team)
    group by 1, 2, 3, 4
""")


@dataclass
class Waiting:
    """How long requesters waited for us, as a histogram over BUCKETS."""

    count: int = 0
    seconds: int = 0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))

    def add(self, bucket: int, count: int, seconds: int) -> None:
        self.count, self.seconds = self.count + count, self.seconds + seconds
        self.buckets[bucket] += count

    def percentile(self, percent: float) -> int | None:
        """The percentile in seconds, as the upper bound of its bucket; None without values, or in the last bucket."""
        reached = 0
        for bound, count in zip(BUCKETS, self.buckets, strict=False):
            reached += count
            if reached and reached >= percent / 100 * self.count:
                return bound
        return None


@dataclass
class ServiceLevel:
    """The figures of a week (its Monday), team and category."""

    week: date
    team: str
    category: str
    counts: dict[str, int] = field(default_factory=dict)
    answered: Waiting = field(default_factory=Waiting)
    resolved: Waiting = field(default_factory=Waiting)

    def number(self, measure: str) -> int:
        """A count: volume, breached, misrouted, help_shown, help_submitted or help_came_back."""
        return self.counts.get(measure, 0)

    @property
    def deflected(self) -> int:
        """Visits to the category's help page that neither led to a ticket nor came back."""
        return max(self.number("help_shown") - self.number("help_submitted") - self.number("help_came_back"), 0)


def fold_service_counts(connection: Connection) -> None:
    """Replace the counts of this week and the last by their sums."""
    connection.execute(_FOLD)


def service_levels(connection: Connection, first: date, last: date, team: str | None = None) -> list[ServiceLevel]:
    """The figures of each week (Mondays from `first` to `last`), team and category with any, in that order."""
    levels: dict[tuple[date, str, str], ServiceLevel] = {}
    for row in connection.execute(_REPORT, {"first": first, "last": last, "team": team}):
        key = (row.week, row.team, row.category)
        _count(levels.setdefault(key, ServiceLevel(*key)), row)
    return [levels[key] for key in sorted(levels)]


def summed(levels: Iterable[ServiceLevel], team: str = "", category: str = "") -> ServiceLevel:
    """The sum of all levels, with the week of the first."""
    total: ServiceLevel | None = None
    for level in levels:
        total = total or ServiceLevel(level.week, team, category)
        for measure, count in level.counts.items():
            total.counts[measure] = total.number(measure) + count
        for mine, theirs in ((total.answered, level.answered), (total.resolved, level.resolved)):
            mine.count, mine.seconds = mine.count + theirs.count, mine.seconds + theirs.seconds
            mine.buckets = [one + other for one, other in zip(mine.buckets, theirs.buckets, strict=True)]
    return total or ServiceLevel(date.min, team, category)


def _count(level: ServiceLevel, row: Row[Any]) -> None:
    if row.bucket is None:
        level.counts[row.measure] = level.number(row.measure) + row.number
    else:
        (level.answered if row.measure == "answered" else level.resolved).add(row.bucket, row.number, row.seconds)
