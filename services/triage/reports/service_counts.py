"""Service levels by week, team and path: appended counts, folded, and summed for the report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

MINUTE, HOUR, DAY = 60, 3_600, 86_400
# Seconds: a waiting time is counted in the first bucket that is not shorter; what is longer than all comes last.
BUCKETS: Sequence[int] = (
    15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, DAY, 2 * DAY, 3 * DAY, 5 * DAY, 7 * DAY, 14 * DAY
)  # fmt: skip

_FOLD = text("""
    with taken as (
        delete from triage.service_counts where ctid = any(array(
            select ctid from triage.service_counts where week >= triage.monday(clock_timestamp()) - 7 limit 20000 for update skip locked))
        returning week, team, category, measure, bucket, count, seconds
    )
    insert into triage.service_counts (week, team, category, measure, bucket, count, seconds)
    select week, team, category, measure, bucket, sum(count), sum(seconds) from taken group by week, team, category, measure, bucket
""")

# Misroutes are charged to the team that moved the ticket on; the help's figures to the topic's own team.
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
    group by 1, 2, 3
    union all
    select date_trunc('week', day)::date, split_part(path, '/', 1), path, 'help_' || step, null, sum(count)::bigint, 0
    from triage.help_counts where day >= :first and day < cast(:last as date) + 7 and step in ('shown', 'submitted', 'came_back')
      and (cast(:team as text) is null or split_part(path, '/', 1) = :team)
    group by 1, 2, 3, 4
""")


@dataclass
class Waiting:
    """How long requesters waited for us, as counts by bucket."""

    count: int = 0
    seconds: int = 0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))

    def add(self, bucket: int, count: int, seconds: int) -> None:
        """So many more in that bucket."""
        self.count, self.seconds = self.count + count, self.seconds + seconds
        self.buckets[bucket] += count

    def within(self, share: float) -> int | None:
        """Seconds within which that share of them ended: the upper bound of its bucket; None without any, or beyond all bounds."""
        reached = 0
        for bound, count in zip(BUCKETS, self.buckets, strict=False):
            reached += count
            if reached and reached >= share * self.count:
                return bound
        return None


@dataclass
class Level:
    """What happened in a week (its Monday), at a team, on a path."""

    week: date
    team: str
    category: str
    counts: dict[str, int] = field(default_factory=dict)
    answered: Waiting = field(default_factory=Waiting)
    resolved: Waiting = field(default_factory=Waiting)

    def number(self, measure: str) -> int:
        """How often: volume, breached, misrouted, help_shown …"""
        return self.counts.get(measure, 0)

    @property
    def spared(self) -> int:
        """Visits to the help of the topic that ended without a note and did not come back."""
        return max(self.number("help_shown") - self.number("help_submitted") - self.number("help_came_back"), 0)


def fold_service_counts(connection: Connection) -> None:
    """Replace the rows of this week and the last by their sums."""
    connection.execute(_FOLD)


def service_levels(connection: Connection, first: date, last: date, team: str | None = None) -> list[Level]:
    """A level for each week (Mondays from `first` to `last`), team and path that something happened at, in that order."""
    levels: dict[tuple[date, str, str], Level] = {}
    for row in connection.execute(_REPORT, {"first": first, "last": last, "team": team}):
        key = (row.week, row.team, row.category)
        _count(levels.setdefault(key, Level(*key)), row)
    return [levels[key] for key in sorted(levels)]


def summed(levels: Iterable[Level], team: str = "", category: str = "") -> Level:
    """All of them as one, under the week of the first."""
    total: Level | None = None
    for level in levels:
        total = total or Level(level.week, team, category)
        for measure, count in level.counts.items():
            total.counts[measure] = total.number(measure) + count
        for mine, theirs in ((total.answered, level.answered), (total.resolved, level.resolved)):
            mine.count, mine.seconds = mine.count + theirs.count, mine.seconds + theirs.seconds
            mine.buckets = [one + other for one, other in zip(mine.buckets, theirs.buckets, strict=True)]
    return total or Level(date.min, team, category)


def _count(level: Level, row: Row[Any]) -> None:
    if row.bucket is None:
        level.counts[row.measure] = level.number(row.measure) + row.number
    else:
        (level.answered if row.measure == "answered" else level.resolved).add(row.bucket, row.number, row.seconds)
