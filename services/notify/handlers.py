"""Which use cases handle each event."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from services.notify.compose.kinds.notice_emails import FORM_POINTER
from services.notify.compose.kinds.registry import KINDS
from services.notify.compose.kinds.ticket_emails import ACKNOWLEDGEMENT
from services.notify.deps import Deps
from services.notify.emails.acknowledge_tickets import acknowledge_opened_tickets, acknowledge_tickets
from services.notify.emails.point_to_form import point_to_form
from services.notify.emails.rebuild_recipients import rebuild_recipients
from services.notify.emails.threads import readdress_threads, renew_links, transfer_threads
from services.notify.emails.write_emails import write_emails
from shared.events.consumer import Handler
from shared.events.contracts import RecordedEvent

# The kinds that need more than their event, such as a new thread or the envelope of a mail.
_OWN_USE_CASES: Mapping[tuple[str, str], Callable[[Connection, Sequence[RecordedEvent], Deps], None]] = {
    ("TicketSubmitted", ACKNOWLEDGEMENT.name): acknowledge_tickets,
    ("TicketOpened", ACKNOWLEDGEMENT.name): acknowledge_opened_tickets,
    ("TicketUnblocked", ACKNOWLEDGEMENT.name): acknowledge_opened_tickets,
    ("MailTurnedAway", FORM_POINTER.name): point_to_form,
}
# What an event changes before its e-mails are written.
_BEFORE: Mapping[str, Handler] = {
    "TicketRouted": transfer_threads,
    "TicketTransferred": transfer_threads,
    "RequesterAddressChanged": readdress_threads,
    "RequesterAddressRebuilt": rebuild_recipients,
    "TicketKeysRenewed": renew_links,
}


def handlers_of(deps: Deps) -> Mapping[str, Handler]:
    """Those of the subscriber `notify`, by event type: every type that causes a kind of e-mail or changes a thread."""
    causes = {event for kind in KINDS.values() for event in kind.events}
    return {event: _handler(event, deps) for event in sorted(causes | _BEFORE.keys())}


def _handler(event_type: str, deps: Deps) -> Handler:
    kinds = [kind for kind in KINDS.values() if event_type in kind.events and kind.enabled(deps.settings)]
    before = _BEFORE.get(event_type)
    own = [use_case for (event, kind), use_case in _OWN_USE_CASES.items() if event == event_type and kind in KINDS]
    others = [kind for kind in kinds if (event_type, kind.name) not in _OWN_USE_CASES]

    def handle(connection: Connection, events: Sequence[RecordedEvent]) -> None:
        if before is not None:
            before(connection, events)
        for use_case in own:
            use_case(connection, events, deps)
        if others:
            write_emails(connection, events, others, deps)

    return handle
