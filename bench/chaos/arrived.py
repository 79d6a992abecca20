"""What a stack's database holds after a run."""

from dataclasses import dataclass, field
from typing import Any

from bench.chaos.running_stack import RunningStack

_TICKETS = "select reference, email, message from triage.tickets"
_FILES = "select reference, object, sha256, state from intake.attachments"
_EVENTS = """
    select ticket, type, count(*) from events.log
    where type in ('TicketSubmitted', 'TicketRouted') group by ticket, type
"""
_ACKNOWLEDGEMENTS = "select ticket, count(*) from notify.emails where kind = 'acknowledgement' group by ticket"
_PARKED = "select count(*) from events.deliveries where parked_at is not null"


@dataclass(frozen=True)
class Arrived:
    """The results of one run, of either design."""

    submissions: dict[str, str]  # reference → address
    tickets: dict[str, tuple[str, str]]  # in a team's queue: reference → address, message
    files: dict[str, list[tuple[str, str, str]]]  # reference → object, sha256, state
    acknowledgements: dict[str, int]
    events: dict[tuple[str, str], int] = field(default_factory=dict)
    parked: int = 0
    asleep: int = 0  # messages that a broker keeps for a dead worker


def read(stack: RunningStack) -> Arrived:
    """The results in Vidare's three schemas."""
    with stack.database() as connection:
        files: dict[str, list[tuple[str, str, str]]] = {}
        for reference, *rest in connection.execute(_FILES):
            files.setdefault(reference, []).append((rest[0], rest[1], rest[2]))
        parked: Any = connection.execute(_PARKED).fetchone()
        return Arrived(
            submissions=dict(connection.execute("select reference, address from intake.submissions").fetchall()),
            tickets={row[0]: (row[1], row[2]) for row in connection.execute(_TICKETS)},
            files=files,
            acknowledgements=dict(connection.execute(_ACKNOWLEDGEMENTS).fetchall()),
            events={(row[0], row[1]): row[2] for row in connection.execute(_EVENTS)},
            parked=parked[0],
        )
