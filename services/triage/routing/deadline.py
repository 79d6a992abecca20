"""By when a ticket is to be answered, counted from now: when it joins a queue or comes back to one."""

from datetime import datetime

from services.triage.routing.ticket_row import due
from services.triage.rules.engine.compile import CompiledRuleset
from services.triage.tickets.lock import LockedTicket


def restarted(
    ruleset: CompiledRuleset, ticket: LockedTicket, team: str | None = None, priority: str | None = None
) -> datetime | None:
    """The time for an answer to what the requester now waits for; each wait for us has a clock of its own.

    A time that a rule set goes with the ticket; otherwise it is that of the team that has it (from now on: `team`).
    """
    where = team or ticket.team
    said = ticket.decision.get("respond_within") if (ticket.decision.get("rules") or {}).get("respond_within") else None
    terms = ruleset.document.teams.get(where)
    within = said or (terms.respond_within if terms else None)
    return due(ruleset, where, priority or ticket.priority, within, ticket.now)
