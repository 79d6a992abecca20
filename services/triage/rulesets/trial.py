"""Explains what a ruleset decides: about a ticket that was routed, and about one that is only tried."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from services.triage.routing.decide_route import EVIDENCE_REFUSED
from services.triage.rules.engine.facts import Ticket, fact_fields, facts_of
from services.triage.rules.explain import explain
from services.triage.rulesets.stored import NumberedRuleset, StoredRulesets
from services.triage.tickets.read_ticket import team_of
from shared.auth.principal import Principal
from shared.catalog import country_code, missing_evidence, normalised_details, refused_evidence
from shared.errors import Unprocessable
from shared.mail.addresses import in_ascii
from shared.submission_fields import NAMES

# As far back, and as many, as intake sends with a submission.
_EARLIER = text("""
    select s.category, t.created_at as submitted_at from triage.search s join triage.tickets t on t.reference = s.ticket
    where s.email = :email and t.created_at > clock_timestamp() - interval '90 days' order by s.sequence desc limit 50
""")
_NOW = text("select clock_timestamp()")
_TICKET = text("select facts, subject, message, ruleset from triage.tickets where reference = :reference")


def try_submission(
    connection: Connection, rulesets: StoredRulesets, submission: Mapping[str, Any], number: int | None = None
) -> dict[str, Any]:
    """What ruleset `number` (None: the active one) decides about a submission as it is posted to intake; nothing is kept.

    Raises NotFound for the ruleset, Unprocessable for an unknown category.
    """
    ruleset = rulesets.active(connection) if number is None else rulesets.numbered(connection, number)
    category = rulesets.catalog.resolve(submission["category"])
    if category is None:
        raise Unprocessable({"ticket.category": ["There is no such category."]})
    details = normalised_details(category, submission.get("details") or {})
    email = submission.get("email")
    earlier = connection.execute(_EARLIER, {"email": in_ascii(email).lower()}).all() if email else []
    facts = facts_of(
        Ticket(
            **fact_fields(
                {
                    **{name: submission.get(name) for name in NAMES},
                    "category": category.path,
                    "country": country_code(submission.get("country") or ""),
                }
            ),
            details=details,
            missing_evidence=missing_evidence(category, details, ()),
            earlier_tickets=[dict(row._mapping) for row in earlier],
        ),
        connection.execute(_NOW).scalar_one(),
    )
    return _explained(ruleset, facts, bool(refused_evidence(category, details, ())))


def explain_ticket(
    connection: Connection, rulesets: StoredRulesets, reference: str, principal: Principal, number: int | None = None
) -> dict[str, Any]:
    """Why the ticket was decided as it was, by the ruleset and the facts of that day; with a `number`, what that ruleset would
    have decided. Raises NotFound, Forbidden.
    """
    team_of(connection, reference, principal)
    row = connection.execute(_TICKET, {"reference": reference}).one()
    ruleset = rulesets.numbered(connection, row.ruleset if number is None else number)
    facts = {**row.facts, "subject": row.subject or "", "message": row.message}
    return _explained(ruleset, facts, bool(row.facts.get("details.cannot_provide")))


def _explained(ruleset: NumberedRuleset, facts: Mapping[str, object], refused: bool) -> dict[str, Any]:
    explanation = explain(ruleset.compiled, facts)
    decision = explanation.decision
    return {
        "ruleset": ruleset.number,
        "team": decision.team,
        "priority": decision.priority,
        "tags": [*decision.tags, *([EVIDENCE_REFUSED] if refused else [])],
        "respond_within": decision.respond_within,
        "hold": decision.hold,
        # `hold` is what the rules set; a ticket waits only while evidence is missing too.
        "held": decision.held,
        "decided": explanation.decided,
        "outranked": explanation.outranked,
        "not_matched": explanation.not_matched,
    }
