"""The deadline of a ticket that joins a queue or comes back to one."""

from datetime import datetime

from services.triage.routing.decide_route import due
from services.triage.rules.engine.compile import CompiledRuleset
from services.triage.tickets.lock import LockedTicket


def restarted(
    ruleset: CompiledRuleset, ticket: LockedTicket, team: str | None = None, priority: str | None = None
) -> datetime | None:
    """The deadline counted from now, for the ticket's new `team` and `priority` if given; None without a limit.

    A limit that a rule set stays with the ticket; otherwise it is the team's.
    """
    new_team = team or ticket.team
    by_rule = (ticket.decision.get("rules") or {}).get("respond_within")
    terms = ruleset.document.teams.get(new_team)
    within = ticket.decision.get("respond_within") if by_rule else None
    within = within or (terms.respond_within if terms else None)
    return due(ruleset, new_team, priority or ticket.priority, within, ticket.now)


def kept_or_restarted(ruleset: CompiledRuleset, ticket: LockedTicket) -> datetime | None:
    """The deadline of a snoozed ticket that opens: it ran on; one that waited for its requester had none, and begins now."""
    return ticket.respond_by or restarted(ruleset, ticket)
