"""Which team has a ticket now: it decides whose agents see the ticket's e-mails."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.notify.emails import threads
from shared.events.contracts import RecordedEvent


def hand_over_threads(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Note the team of TicketRouted and TicketTransferred events, the last one of each ticket."""
    threads.hand_over(connection, {str(event.ticket): str(event.payload["team"]) for event in events})
