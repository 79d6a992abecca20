"""Each new note gets one acknowledgement, in the requester's language, naming what is still missing."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from services.notify import ledger, threads
from services.notify.addresses import in_ascii, recipient_key
from services.notify.caps import Cap, admit, caps_of
from services.notify.desk import Addressee, Desk, Verdict
from services.notify.letter_facts import acknowledgement_facts
from services.notify.suppressions import suppressed_among
from shared.crash_points import crash_point
from shared.events.contracts import RecordedEvent

KIND = "acknowledgement"

# Two batches with the same address wait for each other, sorted so that they never wait in a circle; 11 keeps these locks apart
# from those of tickets.
_LOCK_ADDRESSES = text("""
    select pg_advisory_xact_lock(keys.key)
    from (select distinct hashtextextended(address, 11) as key from unnest(cast(:keys as text[])) as address order by 1) keys
""")

_HAD = text("""
    select e.recipient_key, w.ordinality as window, count(*) as had
    from unnest(cast(:windows as integer[])) with ordinality as w (seconds, ordinality)
    join notify.emails e on e.kind = :kind and e.recipient_key = any(cast(:keys as text[])) and e.state <> 'suppressed'
        and e.created_at > clock_timestamp() - make_interval(secs => w.seconds)
    group by 1, 2
""")

_NOW = text("select clock_timestamp()")


def acknowledge_tickets(connection: Connection, events: Sequence[RecordedEvent], desk: Desk) -> None:
    """Write the ledger rows for TicketSubmitted events, in the caller's transaction.

    A note whose address had its share gets a row that says so, and no e-mail. An event that was handled before changes nothing.
    """
    verdicts = _verdicts(connection, events, desk)
    made_at: datetime = connection.execute(_NOW).scalar_one()
    entries = [_entry(event, desk, made_at, verdict) for event, verdict in zip(events, verdicts, strict=True)]
    threads.begin(
        connection, [_thread(event, entry.message_id, desk) for event, entry in zip(events, entries, strict=True)]
    )
    ledger.add(connection, entries)
    crash_point("notify.entered")


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


def _verdicts(connection: Connection, events: Sequence[RecordedEvent], desk: Desk) -> list[Verdict]:
    """What becomes of each acknowledgement: queued, or suppressed with the reason."""
    if desk.settings.acknowledgements == "off":
        return [Verdict("suppressed", "acknowledgements are switched off")] * len(events)
    addresses = [in_ascii(str(event.personal.get("email", ""))) for event in events]
    keys = [recipient_key(address) for address in addresses]
    caps = caps_of(desk.settings.acknowledgement_limits)
    closed = suppressed_among(connection, addresses)
    connection.execute(_LOCK_ADDRESSES, {"keys": keys})
    admitted = iter(
        admit(
            [k for k, a in zip(keys, addresses, strict=True) if a.lower() not in closed],
            caps,
            _had(connection, keys, caps),
        )
    )
    verdicts = []
    for address in addresses:
        reason = closed.get(address.lower())
        broken = None if reason is not None else next(admitted)
        if reason is not None:
            verdicts.append(Verdict("suppressed", f"the address is on the suppression list: {reason}"))
        elif broken is not None:
            verdicts.append(Verdict("suppressed", f"the address had its acknowledgements: {broken}"))
        else:
            verdicts.append(Verdict())
    return verdicts


def _had(connection: Connection, keys: Sequence[str], caps: Sequence[Cap]) -> Mapping[str, Sequence[int]]:
    """How many acknowledgements each address had within each cap's window."""
    windows = [cap.seconds for cap in caps]
    had: dict[str, list[int]] = {}
    for row in connection.execute(_HAD, {"windows": windows, "keys": list(keys), "kind": KIND}):
        had.setdefault(row.recipient_key, [0] * len(caps))[row.window - 1] = row.had
    return had
