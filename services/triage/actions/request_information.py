"""Asks the requester for evidence."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from services.triage.actions.access import (
    UNDER_WAY,
    Hand,
    about,
    addressed,
    require_state,
    state_changed,
    take_in_hand,
)
from services.triage.tickets.lock import Move, move
from services.triage.tickets.timeline import Line
from shared.catalog.model import Catalog
from shared.errors import Unprocessable
from shared.events.contracts import evidence_requested
from shared.events.log import record

_ASK = text("update triage.tickets set missing_evidence = :missing where reference = :reference")


def request_information(
    connection: Connection, reference: str, hand: Hand, evidence: Sequence[str], message: str | None, catalog: Catalog
) -> None:
    """Ask for the slots in `evidence` (at least one, all of the ticket's path); the ticket waits, and is open when they come.

    Raises what take_in_hand raises, Conflict for a ticket that is over, Unprocessable for no or unknown slots.
    """
    ticket = take_in_hand(connection, reference, hand)
    require_state(ticket, *UNDER_WAY)
    category = catalog.resolve(ticket.category)
    known = [slot.id for slot in category.evidence] if category else []
    unknown = [one for one in evidence if one not in known]
    if unknown or not evidence:
        said = f"This path asks for: {', '.join(known)}." if known else "This path has no evidence to ask for."
        raise Unprocessable({"evidence": [said]})
    asked = [slot for slot in known if slot in evidence or slot in ticket.missing_evidence]
    connection.execute(_ASK, {"reference": reference, "missing": asked})
    wanted = list(dict.fromkeys(evidence))
    line = Line("information_requested", by=hand.principal.name, message=message, facts={"evidence": wanted})
    move(connection, ticket, Move("waiting", "information_requested", answered=True), line)
    payload = about(ticket, hand.principal, "waiting", evidence=wanted, reminder=False)
    record(
        connection,
        [
            evidence_requested(reference, ticket.correlation_id, payload, addressed(ticket, message)),
            state_changed(ticket, "waiting", {"missing_evidence": asked}),
        ],
    )
