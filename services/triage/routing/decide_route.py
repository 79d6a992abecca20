"""Decides the route of a submitted ticket by a ruleset."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.triage.rules.engine.compile import CompiledRuleset
from services.triage.rules.engine.deadline import respond_by
from services.triage.rules.engine.decide import decide
from services.triage.rules.engine.decision import Decision
from services.triage.rules.engine.facts import Ticket, fact_fields, facts_of
from services.triage.rulesets.stored import NumberedRuleset
from shared.events.contracts import RecordedEvent
from shared.submission_fields import values_of_event

EVIDENCE_REFUSED = "evidence-refused"
# Kept in columns of their own.
_TEXTS = ("subject", "message")


@dataclass(frozen=True)
class Route:
    """What a ruleset decided about a ticket. `facts` and `decision` are kept to explain it later."""

    team: str
    state: str
    priority: str
    tags: Sequence[str]
    respond_by: datetime | None
    ruleset: int
    placed_by: str | None
    facts: Mapping[str, object]
    decision: Mapping[str, object]


def ticket_of(event: RecordedEvent) -> Ticket:
    """The facts of a TicketSubmitted event that rules test."""
    payload, personal = event.payload, event.personal
    return Ticket(
        **fact_fields(values_of_event(payload, personal)),
        details=personal.get("details") or {},
        attachment_types=[file["media_type"] for file in payload.get("attachments") or []],
        missing_evidence=payload.get("missing_evidence") or [],
        earlier_tickets=payload.get("earlier_tickets") or [],
    )


def submitted_at(event: RecordedEvent) -> datetime:
    """When the requester submitted it."""
    given = event.payload.get("submitted_at")
    return datetime.fromisoformat(given) if given else event.occurred_at


def decide_route(ruleset: NumberedRuleset, event: RecordedEvent) -> Route:
    """The route of the ticket in a TicketSubmitted event."""
    at = submitted_at(event)
    facts = facts_of(ticket_of(event), at)
    decision = decide(ruleset.compiled, facts)
    refused = bool(event.payload.get("cannot_provide"))
    return Route(
        team=decision.team,
        state="held" if decision.held else "open",
        priority=decision.priority,
        tags=[*decision.tags, EVIDENCE_REFUSED] if refused else decision.tags,
        # The clock of a held ticket starts when its evidence arrives.
        respond_by=None
        if decision.held
        else due(ruleset.compiled, decision.team, decision.priority, decision.respond_within, at),
        ruleset=ruleset.number,
        placed_by=decision.rules.team,
        facts={name: value for name, value in facts.items() if name not in _TEXTS},
        decision=as_document(decision),
    )


def due(ruleset: CompiledRuleset, team: str, priority: str, within: str | None, start: datetime) -> datetime | None:
    """When the team's first answer is due, counted from `start` in its working hours; None without a limit."""
    terms = ruleset.document.teams.get(team)
    calendar = terms.calendar if terms else None
    return respond_by(start, within, calendar, urgent=priority == "urgent")


def as_document(decision: Decision) -> dict[str, Any]:
    """The decision as stored with the ticket."""
    return {**decision._asdict(), "rules": decision.rules._asdict()}
