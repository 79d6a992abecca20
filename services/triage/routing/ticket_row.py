"""From a submitted note to the row of its ticket: what the ruleset decides, and what is kept to explain it later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.triage.rules.engine.compile import CompiledRuleset
from services.triage.rules.engine.deadline import respond_by
from services.triage.rules.engine.decide import decide
from services.triage.rules.engine.decision import Decision
from services.triage.rules.engine.facts import Ticket, facts_of
from services.triage.rulesets.stored import NumberedRuleset
from shared.events.contracts import RecordedEvent

EVIDENCE_REFUSED = "evidence-refused"
_WRITTEN = ("subject", "message")


@dataclass(frozen=True)
class Placement:
    """Where a note goes and why."""

    team: str
    state: str
    priority: str
    tags: Sequence[str]
    respond_by: datetime | None
    ruleset: int
    placed_by: str | None
    facts: Mapping[str, object]
    decision: Mapping[str, object]


def note_of(event: RecordedEvent) -> Ticket:
    """The note as rules see it."""
    payload, personal = event.payload, event.personal
    return Ticket(
        category=payload["category"],
        locale=payload.get("locale"),
        platform=payload.get("platform"),
        country=payload.get("country"),
        email=personal.get("email"),
        subject=personal.get("subject"),
        message=personal.get("message"),
        details=personal.get("details") or {},
        attachment_types=[file["media_type"] for file in payload.get("attachments") or []],
        missing_evidence=payload.get("missing_evidence") or [],
        earlier_tickets=payload.get("earlier_tickets") or [],
    )


def submitted_at(event: RecordedEvent) -> datetime:
    """When the note was handed in."""
    given = event.payload.get("submitted_at")
    return datetime.fromisoformat(given) if given else event.occurred_at


def place(ruleset: NumberedRuleset, event: RecordedEvent) -> Placement:
    """Decide about one submitted note."""
    at = submitted_at(event)
    facts = facts_of(note_of(event), at)
    decision = decide(ruleset.compiled, facts)
    refused = bool(event.payload.get("cannot_provide"))
    return Placement(
        team=decision.team,
        state="held" if decision.held else "open",
        priority=decision.priority,
        tags=[*decision.tags, EVIDENCE_REFUSED] if refused else decision.tags,
        # A held note's clock starts when its evidence comes.
        respond_by=None
        if decision.held
        else due(ruleset.compiled, decision.team, decision.priority, decision.respond_within, at),
        ruleset=ruleset.number,
        placed_by=decision.rules.team,
        facts={name: value for name, value in facts.items() if name not in _WRITTEN},
        decision=as_document(decision),
    )


def due(ruleset: CompiledRuleset, team: str, priority: str, within: str | None, start: datetime) -> datetime | None:
    """By when the team's first answer is due, counted from `start` in the team's working hours."""
    terms = ruleset.document.teams.get(team)
    calendar = terms.calendar if terms else None
    return respond_by(start, within, calendar, urgent=priority == "urgent")


def as_document(decision: Decision) -> dict[str, Any]:
    """The decision as it is kept with the ticket."""
    return {**decision._asdict(), "rules": decision.rules._asdict()}
