"""Where notes went to the wrong team, charged to the path and the rule that placed them, with the words that tell them apart."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from services.triage.reports.telling_words import TellingWord, telling_words

# Fewer transfers say nothing about a rule.
FEWEST = 20
MOST_GROUPS = 20
# Enough for steady counts, little enough for a page.
_TEXTS = 1_000

# The first wrong_team transfer of a ticket away from where the rules had put it; what went wrong later is not the rules' doing.
_MOVED = """
    select distinct on (line.ticket) line.ticket, ticket.category, ticket.decision -> 'rules' ->> 'team' as rule,
           ticket.decision ->> 'team' as placed, line.facts ->> 'to' as target, ticket.subject, ticket.message, line.at
    from triage.timeline line join triage.tickets ticket on ticket.reference = line.ticket
    where line.kind = 'transferred' and line.facts ->> 'cause' = 'wrong_team'
      and line.at > clock_timestamp() - make_interval(days => :days)
      and line.facts ->> 'from' = ticket.decision ->> 'team'
    order by line.ticket, line.at
"""
_GROUPS = text(f"""
    with moved as ({_MOVED})
    select category, rule, placed, sum(count)::bigint as moved, jsonb_object_agg(target, count) as targets
    from (select category, rule, placed, target, count(*) as count from moved group by category, rule, placed, target) as by_target
    group by category, rule, placed having sum(count) >= :fewest order by sum(count) desc, category limit :groups
""")
_PLACED = text("""
    select count(*) from triage.tickets
    where category = :category and decision ->> 'team' = :placed and decision -> 'rules' ->> 'team' is not distinct from :rule
      and created_at at time zone 'UTC' > (clock_timestamp() - make_interval(days => :days)) at time zone 'UTC'
""")
_MOVED_TEXTS = text(f"""
    with moved as ({_MOVED})
    select concat_ws(' ', subject, message) from moved
    where category = :category and placed = :placed and rule is not distinct from :rule and target = :target
    order by at desc limit :limit
""")
_STAYED_TEXTS = text("""
    select concat_ws(' ', subject, message) from triage.tickets ticket
    where category = :category and team = :placed and decision ->> 'team' = :placed
      and decision -> 'rules' ->> 'team' is not distinct from :rule
      and created_at at time zone 'UTC' > (clock_timestamp() - make_interval(days => :days)) at time zone 'UTC'
    order by created_at at time zone 'UTC' desc limit :limit
""")


@dataclass(frozen=True)
class Misroute:
    """One path and rule (None: the path's own team) whose notes were moved on as the wrong team's.

    `placed` notes came this way in these days; `words` compare those moved to the team that most went to (`target`) with those
    that stayed.
    """

    category: str
    rule: str | None
    team: str
    placed: int
    moved: int
    targets: list[dict[str, Any]]
    words: list[TellingWord]

    @property
    def target(self) -> str:
        """Where most of them went."""
        return str(self.targets[0]["team"])

    @property
    def share(self) -> float:
        """How large a part of what came this way was moved."""
        return round(self.moved / max(self.placed, self.moved), 4)


def misroutes(connection: Connection, days: int) -> list[Misroute]:
    """The worst first: the most notes moved in the last `days`; nothing under 20."""
    groups = connection.execute(_GROUPS, {"days": days, "fewest": FEWEST, "groups": MOST_GROUPS})
    return [_misroute(connection, row, days) for row in groups.all()]


def _misroute(connection: Connection, row: Row[Any], days: int) -> Misroute:
    group = {"category": row.category, "rule": row.rule, "placed": row.placed, "days": days}
    targets = [{"team": team, "count": count} for team, count in row.targets.items()]
    targets.sort(key=lambda one: (-one["count"], one["team"]))
    moved = connection.execute(_MOVED_TEXTS, {**group, "target": targets[0]["team"], "limit": _TEXTS}).scalars().all()
    stayed = connection.execute(_STAYED_TEXTS, {**group, "limit": _TEXTS}).scalars().all()
    placed = connection.execute(_PLACED, group).scalar_one()
    return Misroute(row.category, row.rule, row.placed, placed, row.moved, targets, telling_words(moved, stayed))
