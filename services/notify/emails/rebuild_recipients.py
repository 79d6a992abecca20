"""Make the recipients of e-mails of 0.1.0 again: it took ß, a final sigma and joiners of a domain for other characters (IDNA 2003)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from shared.errors import TransientError
from shared.events.contracts import RecordedEvent
from shared.mail.addresses import differs_by_idna_version, folded_address, idna2003_address, in_ascii

STEP = 200

# Rows made after the event are of today's form, however late the event is handled.
_OF_TICKETS = text("""
    select e.id, e.state, coalesce(e.original, told.email) as original, e.original is not null as held
    from jsonb_to_recordset(cast(:told as jsonb)) as told (ticket text, email text, earlier text, at timestamptz)
    join notify.emails e on e.ticket = told.ticket and e.created_at <= told.at
    where e.original is not null or lower(e.recipient) = told.earlier
    order by e.id for update of e
""")
_LIFT = text("""
    delete from notify.suppressions s
    using jsonb_to_recordset(cast(:told as jsonb)) as told (earlier text, at timestamptz)
    where s.address = told.earlier and s.source <> 'person' and s.created_at <= told.at
""")
# Intake reports a ticket's present address; of others, and of e-mails without a ticket, nobody reports anything.
_UNREPORTED = text("""
    select e.id, e.original from notify.emails e left join notify.threads t on t.ticket = e.ticket
    where e.original is not null and e.state <> 'sending' and t.recipient is distinct from e.original
    order by e.id limit :step for update of e skip locked
""")
# What was tried keeps the address that it was tried at, which a late bounce is about too.
_REBUILD = text("""
    update notify.emails e
    set original = null, recipient_key = rebuilt.key,
        recipient = case when e.state in ('queued', 'deferred') then rebuilt.recipient else e.recipient end,
        headers = case when e.state in ('queued', 'deferred') and e.headers ? 'To'
            then jsonb_set(e.headers, '{To}', to_jsonb(rebuilt.recipient)) else e.headers end,
        resend_to = case when e.state not in ('queued', 'deferred') then nullif(rebuilt.recipient, e.recipient) end
    from jsonb_to_recordset(cast(:rebuilt as jsonb)) as rebuilt (id uuid, recipient text, key text) where e.id = rebuilt.id
""")


def rebuild_recipients(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Handle RequesterAddressRebuilt: release the tickets' e-mails to their right addresses, and lift suppressions of the wrong ones.

    A repeated event changes nothing. Raises TransientError while a held e-mail is being sent.
    """
    told = json.dumps([_told(event) for event in events])
    rows = connection.execute(_OF_TICKETS, {"told": told}).all()
    if any(row.held and row.state == "sending" for row in rows):
        raise TransientError("an e-mail of the ticket is being sent")
    _rebuild(connection, rows)
    connection.execute(_LIFT, {"told": told})


def release_unreported(connection: Connection) -> bool:
    """Release up to STEP held e-mails of no ticket, or of one that has another address by now. Returns whether there may be more."""
    rows = connection.execute(_UNREPORTED, {"step": STEP}).all()
    _rebuild(connection, rows)
    return len(rows) == STEP


def _told(event: RecordedEvent) -> Mapping[str, str | None]:
    """`earlier`: where 0.1.0 mailed the address, if that is another one."""
    email = str(event.personal.get("email", ""))
    earlier = idna2003_address(email).lower() if differs_by_idna_version(email) else None
    return {"ticket": event.ticket, "email": email, "earlier": earlier, "at": event.occurred_at.isoformat()}


def _rebuild(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    rebuilt = [
        {"id": str(row.id), "recipient": in_ascii(row.original), "key": folded_address(row.original)} for row in rows
    ]
    connection.execute(_REBUILD, {"rebuilt": json.dumps(rebuilt)})
