"""The end of a snooze, from the ticket's page."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from services.triage.actions.access import Actor
from services.triage.console.ticket.pages import to_ticket
from services.triage.current_deps import deps
from services.triage.snoozing.end_snoozes import end_snooze
from shared.http.authorisation import authorised, principal


def add_snoozes(blueprint: Blueprint) -> None:
    """The route below /tickets/<reference> that opens a snoozed ticket."""

    @blueprint.post("/tickets/<reference>/snooze/end")
    @authorised("tickets.write", by="session")
    def end_snooze_now(reference: str) -> ResponseReturnValue:
        with deps().engine.begin() as connection:
            actor = Actor(principal(), source="console")
            end_snooze(connection, reference, actor, deps().rulesets.active(connection))
        return to_ticket(reference, "unsnoozed")
