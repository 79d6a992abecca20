"""Ends the claims and the ownership of people whose accounts were closed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from services.triage.claims.release_all import release_all
from services.triage.owners.reassign_tickets import drop_ownership
from shared.auth.principal import Principal
from shared.events.contracts import RecordedEvent

_SYSTEM = Principal(UUID(int=0), "Vidare", "service@vidare.invalid", "admin")


def end_claims(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Release every live claim of the people in PersonDisabled events, and let nobody own their tickets.

    The console has released the claims already, the CLI cannot.
    """
    for event in events:
        person = UUID(str(event.payload["person"]))
        release_all(connection, person, _SYSTEM)
        while drop_ownership(connection, person):
            pass
