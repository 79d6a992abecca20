"""Which use case each event wakes."""

from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import Connection

from services.notify.compose.builder import Desk
from services.notify.compose.event_facts import LETTERS
from services.notify.emails import threads
from services.notify.emails.acknowledge_tickets import KIND as ACKNOWLEDGEMENT
from services.notify.emails.acknowledge_tickets import acknowledge_tickets
from services.notify.emails.point_to_form import point_to_form
from services.notify.emails.throttle import verdicts_of
from services.notify.emails.transfer_threads import hand_over_threads
from services.notify.emails.write_emails import write_letters
from services.notify.settings import NotifySettings
from shared.catalog import load
from shared.events.consumer import Handler
from shared.events.contracts import RecordedEvent


def handlers_of(settings: NotifySettings) -> Mapping[str, Handler]:
    """Those of the subscriber `notify`. The catalogue is read when the first event comes."""

    @cache
    def desk() -> Desk:
        return Desk(settings, load(settings.catalog))

    def acknowledge(connection: Connection, events: Sequence[RecordedEvent]) -> None:
        acknowledge_tickets(connection, events, desk())

    def write(connection: Connection, events: Sequence[RecordedEvent]) -> None:
        write_letters(connection, events, desk())

    def transferred(connection: Connection, events: Sequence[RecordedEvent]) -> None:
        hand_over_threads(connection, events)
        if settings.transfer_mail:
            write_letters(connection, events, desk())

    def readdressed(connection: Connection, events: Sequence[RecordedEvent]) -> None:
        addresses = [str(event.personal["email"]) for event in events]
        threads.readdress(connection, dict(zip((str(event.ticket) for event in events), addresses, strict=True)))
        # Such a letter is an acknowledgement too: whoever gives ever new addresses gets no more of them than by new notes.
        write_letters(connection, events, desk(), verdicts_of(connection, addresses, settings, (ACKNOWLEDGEMENT,)))

    def point(connection: Connection, events: Sequence[RecordedEvent]) -> None:
        point_to_form(connection, events, desk())

    return {
        **dict.fromkeys(LETTERS, write),
        "TicketSubmitted": acknowledge,
        "TicketRouted": hand_over_threads,
        "TicketTransferred": transferred,
        "RequesterAddressChanged": readdressed,
        "MailTurnedAway": point,
    }
