"""Count how many past tickets each rule matches."""

from collections import Counter
from datetime import datetime

from sqlalchemy import Connection, text

from services.triage.replays.past_tickets import past_tickets
from services.triage.rules.document.model import RulesetDocument
from services.triage.rules.engine.compile import compile_ruleset
from services.triage.rules.engine.decide import matching_rules, prepare_facts

DAYS = 30

_SPAN = text("select clock_timestamp() - make_interval(days => :days) as since, clock_timestamp() as until")


def matched_rules(connection: Connection, document: RulesetDocument, days: int = DAYS) -> dict[str, int]:
    """By rule id, the number of tickets of the last `days` that the rule matches, whether it decides anything or not."""
    ruleset = compile_ruleset(document)
    since, until = connection.execute(_SPAN, {"days": days}).one()
    counts = Counter(dict.fromkeys((rule.id for rule in document.rules), 0))
    at: datetime = since
    reference, more = "", True
    while more:
        more = False
        for ticket in past_tickets(connection, at, reference, until):
            at, reference, more = ticket.created_at, ticket.reference, True
            counts.update(rule.id for rule in matching_rules(ruleset, prepare_facts(ruleset, ticket.facts)))
    return dict(counts)
