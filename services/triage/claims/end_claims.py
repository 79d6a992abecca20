"""Ends the claims of people whose accounts were closed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from services.triage.claims.release_all import release_all
from shared.auth.principal import Principal
from shared.events.contracts import RecordedEvent

_SYSTEM = Principal(UUID(int=0), "Vidare", "service@vidare.invalid", "admin")


def end_claims(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Release every live claim of the people in PersonDisabled events. The console has released them already, the CLI cannot."""
    for event in events:
        release_all(connection, UUID(str(event.payload["person"])), _SYSTEM)
