"""What requesters answered, by category and the rule that routed the ticket: a part of the misroute report."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from services.triage.satisfaction.counted import ASKED, COUNTS

_BY_ROUTE = text(f"""
    select category, rule, {COUNTS} from triage.satisfaction
    where {ASKED} and resolved_at > statement_timestamp() - make_interval(days => :days)
      and category = any(cast(:categories as text[]))
    group by category, rule
""")


@dataclass(frozen=True)
class Satisfaction:
    """`sent`: e-mails that asked; `answered`: those of them that were answered, `good` or `bad`."""

    sent: int = 0
    answered: int = 0
    good: int = 0
    bad: int = 0


def satisfaction_by_route(
    connection: Connection, categories: Sequence[str], days: int
) -> dict[tuple[str, str | None], Satisfaction]:
    """The figures of the last `days` of each of the categories and each rule that routed its tickets (None: the category's own team)."""
    rows = connection.execute(_BY_ROUTE, {"categories": list(categories), "days": days})
    return {(row.category, row.rule): Satisfaction(row.sent, row.answered, row.good, row.bad) for row in rows}
