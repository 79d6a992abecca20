"""What an agent did is told to the requester, in the thread that the acknowledgement began."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from services.notify.compose.builder import Addressee, Desk, Verdict
from services.notify.compose.event_facts import letter_of
from services.notify.emails import ledger, threads
from services.notify.emails.addresses import in_ascii
from services.notify.emails.suppression_reason import because_listed
from services.notify.emails.suppressions import suppressed_among
from services.notify.emails.threads import Thread
from shared.events.contracts import RecordedEvent

_NOW = text("select clock_timestamp()")


def write_letters(
    connection: Connection, events: Sequence[RecordedEvent], desk: Desk, verdicts: Sequence[Verdict] | None = None
) -> None:
    """Write the ledger rows that these events call for, in the caller's transaction.

    `verdicts`: what becomes of each, where more decides it than the suppression list.
    An event that was handled before changes nothing. A ticket whose acknowledgement is still missing (its event was parked) is
    written to all the same: an answer waits for nobody's mended template.
    """
    known = threads.find(connection, [str(event.ticket) for event in events if event.ticket])
    to = [_addressee(event, known.get(str(event.ticket))) for event in events]
    if verdicts is None:
        closed = suppressed_among(connection, [in_ascii(one.address) for one in to])
        verdicts = [_verdict(closed, one) for one in to]
    made_at: datetime = connection.execute(_NOW).scalar_one()
    entries = []
    for event, addressee, verdict in zip(events, to, verdicts, strict=True):
        letter = letter_of(event)
        if letter is None:
            continue
        facts = letter.facts(event, desk.catalog, addressee.locale)
        entries.append(desk.write(letter.kind, event, addressee, facts, made_at, verdict))
    ledger.add(connection, entries)


def _addressee(event: RecordedEvent, thread: Thread | None) -> Addressee:
    payload = event.payload
    number = payload.get("key_number") or (thread.key_number if thread else None)
    return Addressee(
        address=str(event.personal.get("email") or (thread.recipient if thread else "")),
        locale=str(payload.get("locale") or (thread.locale if thread else "en")),
        key_number=int(number) if event.ticket and number else None,
        answers=thread.acknowledgement if thread else None,
        team=payload.get("team"),
    )


def _verdict(closed: Mapping[str, str], to: Addressee) -> Verdict:
    reason = closed.get(in_ascii(to.address).lower())
    return Verdict() if reason is None else Verdict("suppressed", because_listed(reason))
