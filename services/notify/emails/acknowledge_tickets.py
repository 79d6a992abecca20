"""Each new note gets one acknowledgement, in the requester's language, naming what is still missing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from services.notify.compose.builder import Addressee, Desk, Verdict
from services.notify.compose.event_facts import acknowledgement_facts
from services.notify.emails import ledger, threads
from services.notify.emails.throttle import verdicts_of
from shared.events.contracts import RecordedEvent

KIND = "acknowledgement"

_NOW = text("select clock_timestamp()")


def acknowledge_tickets(connection: Connection, events: Sequence[RecordedEvent], desk: Desk) -> None:
    """Write the ledger rows for TicketSubmitted events, in the caller's transaction.

    A note whose address had its share gets a row that says so, and no e-mail. An event that was handled before changes nothing.
    """
    addresses = [str(event.personal.get("email", "")) for event in events]
    verdicts = verdicts_of(connection, addresses, desk.settings, (KIND,))
    made_at: datetime = connection.execute(_NOW).scalar_one()
    entries = [_entry(event, desk, made_at, verdict) for event, verdict in zip(events, verdicts, strict=True)]
    threads.begin(
        connection, [_thread(event, entry.message_id, desk) for event, entry in zip(events, entries, strict=True)]
    )
    ledger.add(connection, entries)


def _thread(event: RecordedEvent, acknowledgement: str, desk: Desk) -> threads.Thread:
    category = str(event.payload["category"])
    segment = category.partition("/")[0]
    return threads.Thread(
        ticket=str(event.ticket),
        category=category,
        team=segment if segment in desk.settings.teams else desk.settings.teams[0],
        recipient=str(event.personal.get("email", "")),
        locale=str(event.payload.get("locale") or "en"),
        key_number=int(event.payload["key_number"]),
        acknowledgement=acknowledgement,
    )


def _entry(event: RecordedEvent, desk: Desk, made_at: datetime, verdict: Verdict) -> ledger.Entry:
    locale = str(event.payload.get("locale") or "en")
    to = Addressee(str(event.personal.get("email", "")), locale, int(event.payload["key_number"]))
    return desk.write(KIND, event, to, acknowledgement_facts(event, desk.catalog, locale), made_at, verdict)
