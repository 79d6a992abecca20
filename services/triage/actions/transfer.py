"""Transfers a ticket to another team."""

from collections.abc import Mapping
from typing import Literal, get_args

from marshmallow import fields, validate
from sqlalchemy import Connection

from services.triage.actions.access import UNFINISHED, Actor, event_payload, lock_for_action, require_state
from services.triage.actions.action import Action, ActionBody, ActionCall, Choice, Facts, TeamTitle, reason_field
from services.triage.routing.restart_deadline import restarted
from services.triage.rulesets.stored import NumberedRuleset
from services.triage.tickets.lock import Move, move
from shared.errors import Unprocessable
from shared.events.contracts import ticket_transferred
from shared.events.log import record

Cause = Literal["wrong_team", "also_theirs", "workload"]
CAUSES: tuple[Cause, ...] = get_args(Cause)
# In the console's form, and on the timeline.
TITLES: Mapping[Cause, str] = {
    "wrong_team": "It was the wrong team",
    "also_theirs": "It is also theirs",
    "workload": "We have too much to do",
}
WORDS: Mapping[str, str] = {"wrong_team": "the wrong team", "also_theirs": "also theirs", "workload": "workload"}


def transfer(
    connection: Connection,
    reference: str,
    actor: Actor,
    ruleset: NumberedRuleset,
    teams: tuple[str, ...],
    team: str,
    cause: Cause,
    reason: str,
) -> None:
    """Put the ticket into the queue of `team` (one of `teams`, not its own), open, with that team's time to answer.

    Raises what lock_for_action raises, Conflict for a finished ticket, Unprocessable for a wrong team or no reason.
    """
    ticket = lock_for_action(connection, reference, actor)
    require_state(ticket, *UNFINISHED)
    if team not in teams:
        raise Unprocessable({"team": [f"Choose from: {', '.join(teams)}."]})
    if team == ticket.team:
        raise Unprocessable({"team": ["The ticket is this team's already."]})
    if not reason.strip():
        raise Unprocessable({"reason": ["Write why, for the other team."]})
    due = restarted(ruleset.compiled, ticket, team)
    facts = {"from": ticket.team, "to": team, "cause": cause}
    line = actor.line("transferred", reason, facts)
    move(connection, ticket, Move("open", "transferred", team=team, respond_by=due, clears_owner=True), line)
    payload = event_payload(
        ticket,
        actor.principal,
        "open",
        from_team=ticket.team,
        cause=cause,
        respond_by=due.isoformat() if due else None,
        placed_by=(ticket.decision.get("rules") or {}).get("team"),
    )
    personal = {"email": ticket.email, "name": ticket.name, "subject": ticket.subject, "reason": reason}
    # The event holds team and state for intake, too: no TicketStateChanged is needed.
    record(connection, [ticket_transferred(reference, ticket.correlation_id, {**payload, "team": team}, personal)])


class TransferBody(ActionBody):
    """To which team the ticket goes and why."""

    team = fields.String(required=True)
    cause = fields.String(load_default="wrong_team", validate=validate.OneOf(CAUSES))
    reason = reason_field()


def _run(call: ActionCall) -> None:
    transfer(*call.target, call.rulesets.active(call.connection), call.rulesets.teams, **call.values)


def _words(facts: Facts, team_title: TeamTitle) -> str:
    cause = WORDS.get(str(facts.get("cause", "")), "")
    return f"transferred it to {team_title(str(facts.get('to', '')))}" + (f" ({cause})" if cause else "")


ACTION = Action(
    name="transfer",
    path="transfer",
    title="Transfer",
    key="t",
    summary="Transfer the ticket to another team",
    body=TransferBody,
    run=_run,
    kind="transferred",
    words=_words,
    done="The ticket was transferred.",
    choices={"cause": lambda *_: [Choice(cause, title) for cause, title in TITLES.items()]},
    offered_in=("claimed", "waiting", "held", "snoozed"),
)
