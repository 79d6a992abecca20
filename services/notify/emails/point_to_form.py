"""Point writers to an address of no ticket to the form, within the limits of automatic e-mails."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from services.notify.compose.builder import FirstState, Recipient, build_email
from services.notify.compose.kinds.notice_emails import FORM_POINTER
from services.notify.deps import Deps
from services.notify.emails import ledger
from services.notify.emails.throttle import first_states
from services.notify.settings import NotifySettings
from shared.events.contracts import RecordedEvent
from shared.mail.addresses import in_ascii

# RFC 3834, 4: answer the envelope's sender alone, which is forged less often than From, and never the null sender. The mail's kind is
# read again here, so that no event can make us answer a machine or a bounce.
_SENDERS = text("""
    select object, sender from notify.inbound_mails
    where object = any(cast(:objects as text[])) and kind = 'unknown' and sender not in ('', '<>')
""")

_NOW = text("select clock_timestamp()")


def point_to_form(connection: Connection, events: Sequence[RecordedEvent], deps: Deps) -> None:
    """Write the ledger rows for MailTurnedAway events, in the caller's transaction.

    Where the recipient is suppressed, has reached a limit or is an address of our own, the row is suppressed and tells why. A
    repeated event changes nothing.
    """
    senders = _senders(connection, events)
    answered = [event for event in events if str(event.payload["object"]) in senders]
    to = [senders[str(event.payload["object"])] for event in answered]
    states = [
        FirstState("suppressed", "the address is our own") if _is_ours(address, deps.settings) else state
        for address, state in zip(to, first_states(connection, to, deps.settings, FORM_POINTER.limited_by), strict=True)
    ]
    made_at: datetime = connection.execute(_NOW).scalar_one()
    entries = [
        build_email(deps, FORM_POINTER, event, _recipient(event, address), {}, made_at, state)
        for event, address, state in zip(answered, to, states, strict=True)
    ]
    ledger.add(connection, entries)


def _recipient(event: RecordedEvent, address: str) -> Recipient:
    return Recipient(address, str(event.payload.get("locale") or "en"))


def _senders(connection: Connection, events: Sequence[RecordedEvent]) -> Mapping[str, str]:
    objects = [str(event.payload["object"]) for event in events]
    return {row.object: row.sender for row in connection.execute(_SENDERS, {"objects": objects})}


def _is_ours(address: str, settings: NotifySettings) -> bool:
    """Whether the e-mail would come back to us: two machines that answer each other never stop."""
    canonical = in_ascii(address).lower()
    return canonical == settings.mail_from.lower() or canonical.rpartition("@")[2] == settings.mail_domain
