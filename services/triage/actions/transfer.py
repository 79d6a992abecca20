"""Hands a ticket over to another team."""

from typing import Literal, get_args

from sqlalchemy import Connection

from services.triage.actions.access import UNDER_WAY, Hand, about, require_state, take_in_hand
from services.triage.routing.deadline import restarted
from services.triage.rulesets.stored import NumberedRuleset
from services.triage.tickets.lock import Move, move
from services.triage.tickets.timeline import Line
from shared.errors import Unprocessable
from shared.events.contracts import ticket_transferred
from shared.events.log import record

Cause = Literal["wrong_team", "also_theirs", "workload"]
CAUSES: tuple[Cause, ...] = get_args(Cause)


def transfer(
    connection: Connection,
    reference: str,
    hand: Hand,
    team: str,
    cause: Cause,
    reason: str,
    ruleset: NumberedRuleset,
    teams: tuple[str, ...],
) -> None:
    """Put the ticket into the queue of `team` (one of `teams`, not its own), open at once, with that team's time to answer.

    Raises what take_in_hand raises, Conflict for a ticket that is over, Unprocessable for a wrong team or no reason.
    """
    ticket = take_in_hand(connection, reference, hand)
    require_state(ticket, *UNDER_WAY)
    if team not in teams:
        raise Unprocessable({"team": [f"Choose from: {', '.join(teams)}."]})
    if team == ticket.team:
        raise Unprocessable({"team": ["The ticket is this team's already."]})
    if not reason.strip():
        raise Unprocessable({"reason": ["Say why, so that the other team knows."]})
    due = restarted(ruleset.compiled, ticket, team)
    facts = {"from": ticket.team, "to": team, "cause": cause}
    line = Line("transferred", by=hand.principal.name, message=reason, facts=facts)
    move(connection, ticket, Move("open", "transferred", team=team, respond_by=due), line)
    answer_by = due.isoformat() if due else None
    placed = (ticket.decision.get("rules") or {}).get("team")
    payload = about(
        ticket,
        hand.principal,
        "open",
        from_team=ticket.team,
        cause=cause,
        respond_by=answer_by,
        placed_by=placed,
    )
    personal = {"email": ticket.email, "name": ticket.name, "subject": ticket.subject, "reason": reason}
    # It tells intake of team and state too: no other event is needed.
    record(connection, [ticket_transferred(reference, ticket.correlation_id, {**payload, "team": team}, personal)])
