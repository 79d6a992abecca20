"""Which use cases handle each event."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from services.notify.compose.kinds.registry import KINDS
from services.notify.deps import Deps
from services.notify.emails.acknowledge_tickets import acknowledge_tickets
from services.notify.emails.point_to_form import point_to_form
from services.notify.emails.threads import readdress_threads, transfer_threads
from services.notify.emails.write_emails import write_emails
from shared.events.consumer import Handler
from shared.events.contracts import RecordedEvent

# Events whose e-mails need more than the event: the limits and threads of new tickets, the envelope of a mail.
_OWN_USE_CASE: Mapping[str, Callable[[Connection, Sequence[RecordedEvent], Deps], None]] = {
    "TicketSubmitted": acknowledge_tickets,
    "MailTurnedAway": point_to_form,
}
# What these events change before their e-mails are written.
_BEFORE: Mapping[str, Handler] = {
    "TicketRouted": transfer_threads,
    "TicketTransferred": transfer_threads,
    "RequesterAddressChanged": readdress_threads,
}


def handlers_of(deps: Deps) -> Mapping[str, Handler]:
    """Those of the subscriber `notify`, by event type: every type that causes a kind of e-mail or changes a thread."""
    causes = {event for kind in KINDS.values() for event in kind.events}
    return {event: _handler(event, deps) for event in sorted(causes | _BEFORE.keys())}


def _handler(event_type: str, deps: Deps) -> Handler:
    before, write = _BEFORE.get(event_type), _OWN_USE_CASE.get(event_type, write_emails)

    def handle(connection: Connection, events: Sequence[RecordedEvent]) -> None:
        if before is not None:
            before(connection, events)
        write(connection, events, deps)

    return handle
