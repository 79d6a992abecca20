"""Has both keys of a ticket renewed, for when a link came into wrong hands."""

from sqlalchemy import Connection

from services.triage.tickets.lock import lock_ticket
from services.triage.tickets.timeline import Line, append
from shared.auth.principal import Principal
from shared.events.contracts import key_renewal_requested
from shared.events.log import record


def renew_keys(connection: Connection, reference: str, by: Principal) -> None:
    """Ask intake for new keys. All links before then stop working; the new one is in the next e-mail. No claim is needed.

    Raises NotFound, Forbidden for another team's ticket.
    """
    ticket = lock_ticket(connection, reference)
    by.require_write(ticket.team)
    append(connection, reference, Line("keys_renewed", by.name, by.id))
    record(
        connection,
        [key_renewal_requested(reference, ticket.correlation_id, {"team": ticket.team, "by": by.name})],
    )
