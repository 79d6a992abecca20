"""Says no, with reasons that tell how to mend it."""

from collections.abc import Sequence

from sqlalchemy import Connection

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
from shared.events.contracts import ticket_disapproved
from shared.events.log import record


def disapprove(
    connection: Connection, reference: str, hand: Hand, reasons: Sequence[str], message: str | None, catalog: Catalog
) -> None:
    """Disapprove with one or more of the catalogue's reasons; the ticket is resolved.

    Raises what take_in_hand raises, Conflict for a ticket that is over, Unprocessable for no or unknown reasons.
    """
    ticket = take_in_hand(connection, reference, hand)
    require_state(ticket, *UNDER_WAY)
    codes = known_reasons(reasons, catalog)
    line = Line("disapproved", by=hand.principal.name, message=message, facts={"reasons": codes})
    move(connection, ticket, Move("resolved", "disapproved", answered=True), line)
    payload = about(ticket, hand.principal, "resolved", reasons=codes)
    record(
        connection,
        [
            ticket_disapproved(reference, ticket.correlation_id, payload, addressed(ticket, message)),
            state_changed(ticket, "resolved"),
        ],
    )


def known_reasons(reasons: Sequence[str], catalog: Catalog) -> list[str]:
    """The codes, each once. Raises Unprocessable for none, or for one that the catalogue does not have."""
    unknown = [code for code in reasons if code not in catalog.reasons]
    if unknown or not reasons:
        raise Unprocessable({"reasons": [f"Choose from: {', '.join(catalog.reasons)}."]})
    return list(dict.fromkeys(reasons))
