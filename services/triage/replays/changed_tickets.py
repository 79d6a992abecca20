"""List the tickets that a replay's ruleset decides differently, and why."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.triage.replays.saved import find_replay
from services.triage.rules.explain import explain
from services.triage.rulesets.stored import NumberedRuleset, StoredRulesets

_PAGE = text("""
    select c.number, c.ticket, c.before, c.after, t.category, t.created_at, t.subject, t.message, t.facts, t.decision
    from triage.replay_changes c join triage.tickets t on t.reference = c.ticket
    where c.replay = :replay and c.number > :after order by c.number limit :limit
""")
# Facets that have another name in explanations.
_EXPLAINED = {"held": "hold"}


def changed_tickets(
    connection: Connection, rulesets: StoredRulesets, replay: UUID, after: int, limit: int
) -> list[dict[str, Any]]:
    """The changes numbered above `after`, at most `limit`. Raises NotFound for the replay.

    Each has the ticket's `reference`, the teams `from` and `to`, `changes` by facet, and `why` by facet. Reasons are not stored:
    a ticket's facts never change, so they can be computed again.
    """
    ruleset = rulesets.numbered(connection, find_replay(connection, replay).ruleset)
    rows = connection.execute(_PAGE, {"replay": replay, "after": after, "limit": limit})
    return [_shown(row, ruleset) for row in rows]


def _shown(row: Row[Any], ruleset: NumberedRuleset) -> dict[str, Any]:
    facts = {**row.facts, "subject": row.subject or "", "message": row.message}
    explained = explain(ruleset.compiled, facts)
    rules_then = row.decision.get("rules") or {}
    names = [(facet, _EXPLAINED.get(facet, facet)) for facet in row.after]
    return {
        "number": row.number,
        "reference": row.ticket,
        "category": row.category,
        "created_at": row.created_at,
        "from": row.decision["team"],
        "to": explained.decision.team,
        "changes": {
            facet: {"from": row.before[facet], "to": row.after[facet], "rule_then": rules_then.get(name)}
            for facet, name in names
        },
        "why": {facet: explained.decided[name] for facet, name in names},
    }
