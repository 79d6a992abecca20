"""Write the e-mails that an event causes: to the requester in the acknowledgement's thread, or to the address in the event."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from services.notify.compose.builder import QUEUED, FirstState, Recipient, build_email
from services.notify.compose.kinds.email_kind import EmailKind
from services.notify.deps import Deps
from services.notify.emails import ledger, threads
from services.notify.emails.addresses import because_suppressed
from services.notify.emails.suppressions import suppressed_among
from services.notify.emails.threads import Thread
from services.notify.emails.throttle import first_states
from shared.events.contracts import RecordedEvent
from shared.mail.addresses import in_ascii

_NOW = text("select clock_timestamp()")


def write_emails(
    connection: Connection, events: Sequence[RecordedEvent], kinds: Sequence[EmailKind], deps: Deps
) -> None:
    """Write the ledger rows of these kinds that the events cause, in the caller's transaction.

    A repeated event changes nothing. A ticket whose acknowledgement is missing (its event is parked) is written to all the same: an
    answer must not wait until a template is fixed.
    """
    known = threads.find(connection, [str(event.ticket) for event in events if event.ticket])
    to = [_recipient(event, known.get(str(event.ticket))) for event in events]
    made_at: datetime = connection.execute(_NOW).scalar_one()
    entries = []
    for kind in kinds:
        states = _first_states(connection, kind, to, deps)
        entries += [
            build_email(deps, kind, event, one, kind.facts(event, deps.catalog, one.locale), made_at, state)
            for event, one, state in zip(events, to, states, strict=True)
            if kind.applies(event)
        ]
    ledger.add(connection, entries)


def _recipient(event: RecordedEvent, thread: Thread | None) -> Recipient:
    payload = event.payload
    number = payload.get("key_number") or (thread.key_number if thread else None)
    return Recipient(
        address=str(event.personal.get("email") or (thread.recipient if thread else "")),
        locale=str(payload.get("locale") or (thread.locale if thread else "en")),
        key_number=int(number) if event.ticket and number else None,
        answers=thread.acknowledgement if thread else None,
        team=payload.get("team"),
    )


def _first_states(connection: Connection, kind: EmailKind, to: Sequence[Recipient], deps: Deps) -> list[FirstState]:
    addresses = [one.address for one in to]
    if kind.limited_by:
        return first_states(connection, addresses, deps.settings, kind.limited_by)
    addresses = [in_ascii(address).lower() for address in addresses]
    suppressed = suppressed_among(connection, addresses)
    reasons = [suppressed.get(address) for address in addresses]
    return [QUEUED if reason is None else FirstState("suppressed", because_suppressed(reason)) for reason in reasons]
