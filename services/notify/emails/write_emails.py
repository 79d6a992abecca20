"""Write the e-mails that an event causes: to the requester in the acknowledgement's thread, or to the address in the event.

A ticket's participants get a copy each, a row of its own: so each is sent once, bounces and is suppressed by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from services.notify.compose.builder import QUEUED, FirstState, Recipient, build_email
from services.notify.compose.kinds.email_kind import EmailKind
from services.notify.deps import Deps
from services.notify.emails import ledger, threads
from services.notify.emails.addresses import because_suppressed
from services.notify.emails.suppressions import suppressed_among
from services.notify.emails.threads import Thread
from services.notify.emails.throttle import first_states
from shared.auth.blocked_senders import blocked_among
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
    unanswered = _unanswered(connection, events, to)
    for kind in kinds:
        due = [
            (event, one)
            for event, one in zip(events, to, strict=True)
            if kind.applies(event) and not (kind.audience == "requester" and event.event_id in unanswered)
        ]
        emails = [(event, reader) for event, one in due for reader in _with_copies(kind, event, one)]
        states = _first_states(connection, kind, [reader for _, reader in emails], deps)
        entries += [
            build_email(deps, kind, event, one, kind.facts(event, deps.catalog, one.locale), made_at, state)
            for (event, one), state in zip(emails, states, strict=True)
        ]
    ledger.add(connection, entries)


def _unanswered(connection: Connection, events: Sequence[RecordedEvent], to: Sequence[Recipient]) -> set[UUID]:
    """The events that no agent caused, such as a reminder, whose requester is a blocked sender: only people write to those."""
    automatic = [(event, one) for event, one in zip(events, to, strict=True) if event.payload.get("by") is None]
    blocked = blocked_among(connection, (one.address for _, one in automatic))
    return {event.event_id for event, one in automatic if one.address in blocked}


def _with_copies(kind: EmailKind, event: RecordedEvent, requester: Recipient) -> Iterator[Recipient]:
    """The requester, and each participant once; the link to the ticket's page is the requester's alone."""
    addresses = map(in_ascii, event.personal.get("participants") or () if kind.copied(event) else ())
    others = {address.lower(): address for address in addresses}
    others.pop(in_ascii(requester.address).lower(), None)
    to = replace(requester, participants=tuple(others.values()))
    yield to
    for address in others.values():
        yield replace(to, address=address, key_number=None, copy_of=requester.address)


def _recipient(event: RecordedEvent, thread: Thread | None) -> Recipient:
    """Whom the event names, unless the ticket's address or keys were changed since its writer read them."""
    payload = event.payload
    number = payload.get("key_number") or (thread.key_number if thread else None)
    address = event.personal.get("email") or (thread.recipient if thread else "")
    if thread and number and thread.key_number > number:
        address, number = thread.recipient, thread.key_number
    return Recipient(
        address=str(address),
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
