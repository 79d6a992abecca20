"""An account was closed: what its owner had claimed goes back to the queues."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from services.triage.claims.release_all import give_all_back
from shared.auth.principal import Principal
from shared.events.contracts import RecordedEvent

_WE = Principal(UUID(int=0), "Vidare", "service@vidare.invalid", "admin")


def end_claims(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Give back every live claim of those whose accounts were closed; the console has done so already, the command line cannot."""
    for event in events:
        give_all_back(connection, UUID(str(event.payload["person"])), _WE)
