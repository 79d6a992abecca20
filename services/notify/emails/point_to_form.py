"""Who wrote to an address that stands for no ticket is told, politely and seldom, where the form is."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from services.notify.compose.builder import Addressee, Desk, Verdict
from services.notify.emails import ledger
from services.notify.emails.acknowledge_tickets import KIND as ACKNOWLEDGEMENT
from services.notify.emails.addresses import in_ascii
from services.notify.emails.throttle import verdicts_of
from services.notify.settings import NotifySettings
from shared.events.contracts import RecordedEvent

KIND = "form_pointer"
# Whoever had three acknowledgements within the hour knows the way; an acknowledgement never waits for a pointer's sake.
COUNTED = (KIND, ACKNOWLEDGEMENT)

# RFC 3834, 4: to the envelope's sender alone, which is more seldom forged than From, and never to the null one. Asked anew here,
# where the envelope is known, so that no event can have a machine or a bounce answered.
_SENDERS = text("""
    select object, sender from notify.inbound_mails
    where object = any(cast(:objects as text[])) and kind = 'unknown' and sender not in ('', '<>')
""")

_NOW = text("select clock_timestamp()")


def point_to_form(connection: Connection, events: Sequence[RecordedEvent], desk: Desk) -> None:
    """Write the ledger rows for MailTurnedAway events, in the caller's transaction.

    An address that had its share, or that gets no mail of ours, gets a row that says so, and no e-mail. An event that was handled
    before changes nothing.
    """
    senders = _senders(connection, events)
    answered = [event for event in events if str(event.payload["object"]) in senders]
    to = [senders[str(event.payload["object"])] for event in answered]
    verdicts = [
        Verdict("suppressed", "the address is our own") if _is_ours(address, desk.settings) else verdict
        for address, verdict in zip(to, verdicts_of(connection, to, desk.settings, COUNTED), strict=True)
    ]
    made_at: datetime = connection.execute(_NOW).scalar_one()
    entries = [
        desk.write(KIND, event, Addressee(address, str(event.payload.get("locale") or "en")), {}, made_at, verdict)
        for event, address, verdict in zip(answered, to, verdicts, strict=True)
    ]
    ledger.add(connection, entries)


def _senders(connection: Connection, events: Sequence[RecordedEvent]) -> Mapping[str, str]:
    objects = [str(event.payload["object"]) for event in events]
    return {row.object: row.sender for row in connection.execute(_SENDERS, {"objects": objects})}


def _is_ours(address: str, settings: NotifySettings) -> bool:
    """Whether it would come back to us: two machines that answer each other never end."""
    canonical = in_ascii(address).lower()
    return canonical == settings.mail_from.lower() or canonical.rpartition("@")[2] == settings.mail_domain
