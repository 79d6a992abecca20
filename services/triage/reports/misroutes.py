"""Tickets that were routed to the wrong team, by category and rule, with the words that distinguish them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from services.triage.reports.distinguishing_words import DistinguishingWord, distinguishing_words
from services.triage.satisfaction.by_route import Satisfaction, satisfaction_by_route

# Fewer transfers are too few to judge a rule by.
FEWEST = 20
MOST_GROUPS = 20
# Enough for stable counts, few enough to read while a page is loading.
_TEXTS = 1_000

# A ticket's first wrong_team transfer away from the team that the rules chose; later transfers are not due to the rules.
_MOVED = """
    select distinct on (line.ticket) line.ticket, ticket.category, ticket.decision -> 'rules' ->> 'team' as rule,
           ticket.decision ->> 'team' as routed, line.facts ->> 'to' as target, ticket.subject, ticket.message, line.at
    from triage.timeline line join triage.tickets ticket on ticket.reference = line.ticket
    where line.kind = 'transferred' and line.facts ->> 'cause' = 'wrong_team'
      and line.at > clock_timestamp() - make_interval(days => :days)
      and line.facts ->> 'from' = ticket.decision ->> 'team'
      and not exists (select from triage.undone_lines undone where undone.line = line.id)
    order by line.ticket, line.at
"""
_GROUPS = text(f"""
    with moved as ({_MOVED})
    select category, rule, routed, sum(count)::bigint as moved, jsonb_object_agg(target, count) as targets
    from (select category, rule, routed, target, count(*) as count from moved group by category, rule, routed, target) as by_target
    group by category, rule, routed having sum(count) >= :fewest order by sum(count) desc, category limit :groups
""")
_ROUTED = text("""
    select count(*) from triage.tickets
    where category = :category and decision ->> 'team' = :routed and decision -> 'rules' ->> 'team' is not distinct from :rule
      and state <> 'blocked' and created_at at time zone 'UTC' > (clock_timestamp() - make_interval(days => :days)) at time zone 'UTC'
""")
_MOVED_TEXTS = text(f"""
    with moved as ({_MOVED})
    select concat_ws(' ', subject, message) from moved
    where category = :category and routed = :routed and rule is not distinct from :rule and target = :target
    order by at desc limit :limit
""")
_STAYED_TEXTS = text("""
    select concat_ws(' ', subject, message) from triage.tickets ticket
    where category = :category and team = :routed and decision ->> 'team' = :routed
      and decision -> 'rules' ->> 'team' is not distinct from :rule
      and state <> 'blocked' and created_at at time zone 'UTC' > (clock_timestamp() - make_interval(days => :days)) at time zone 'UTC'
    order by created_at at time zone 'UTC' desc limit :limit
""")


@dataclass(frozen=True)
class Misroute:
    """A category and rule (None: the category's own team) whose tickets were transferred because the team was wrong.

    Of `routed` tickets, `moved` were transferred. `words` distinguish those transferred to `target`, the most
    frequent team, from those that stayed. `satisfaction`: what the requesters of the category and rule said, whatever became of
    their tickets.
    """

    category: str
    rule: str | None
    team: str
    routed: int
    moved: int
    targets: list[dict[str, Any]]
    words: list[DistinguishingWord]
    satisfaction: Satisfaction

    @property
    def target(self) -> str:
        return str(self.targets[0]["team"])

    @property
    def share(self) -> float:
        """The share of the routed tickets that was transferred."""
        return round(self.moved / max(self.routed, self.moved), 4)


def misroutes(connection: Connection, days: int) -> list[Misroute]:
    """The most transferred first, of the last `days`; none with fewer than FEWEST transfers."""
    groups = connection.execute(_GROUPS, {"days": days, "fewest": FEWEST, "groups": MOST_GROUPS}).all()
    satisfaction = satisfaction_by_route(connection, sorted({row.category for row in groups}), days) if groups else {}
    return [
        _misroute(connection, row, days, satisfaction.get((row.category, row.rule), Satisfaction())) for row in groups
    ]


def _misroute(connection: Connection, row: Row[Any], days: int, satisfaction: Satisfaction) -> Misroute:
    group = {"category": row.category, "rule": row.rule, "routed": row.routed, "days": days}
    targets = [{"team": team, "count": count} for team, count in row.targets.items()]
    targets.sort(key=lambda one: (-one["count"], one["team"]))
    moved = connection.execute(_MOVED_TEXTS, {**group, "target": targets[0]["team"], "limit": _TEXTS}).scalars().all()
    stayed = connection.execute(_STAYED_TEXTS, {**group, "limit": _TEXTS}).scalars().all()
    routed = connection.execute(_ROUTED, group).scalar_one()
    words = distinguishing_words(moved, stayed)
    return Misroute(row.category, row.rule, row.routed, routed, row.moved, targets, words, satisfaction)
