"""What notify keeps of each ticket, so that later e-mails reach the requester in the same thread."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from shared.events.contracts import RecordedEvent
from shared.mail.addresses import in_ascii

# A part of a `with`: stores new tickets, and leaves one that is known as it is. Parameter: `threads`, made by `document`.
BEGIN = """
    insert into notify.threads (ticket, category, team, recipient, locale, key_number, acknowledgement)
    select ticket, category, team, recipient, locale, key_number, acknowledgement
    from jsonb_to_recordset(cast(:threads as jsonb)) as thread (ticket text, category text, team text, recipient text, locale text,
        key_number integer, acknowledgement text)
    on conflict (ticket) do nothing
"""

_BEGIN = text(BEGIN)
_FIND = text("""
    select ticket, category, team, recipient, locale, key_number, acknowledgement
    from notify.threads where ticket = any(cast(:tickets as text[]))
""")

_TRANSFER = text("""
    update notify.threads t set team = moved.team
    from unnest(cast(:tickets as text[]), cast(:teams as text[])) as moved (ticket, team)
    where t.ticket = moved.ticket and t.team <> moved.team
""")

_READDRESS = text("""
    update notify.threads t set recipient = moved.email, key_number = greatest(t.key_number, moved.key_number)
    from unnest(cast(:tickets as text[]), cast(:emails as text[]), cast(:numbers as integer[])) as moved (ticket, email, key_number)
    where t.ticket = moved.ticket
""")

_RENEW = text("""
    update notify.threads t set key_number = greatest(t.key_number, n.number)
    from unnest(cast(:tickets as text[]), cast(:numbers as integer[])) as n (ticket, number)
    where t.ticket = n.ticket
    returning t.ticket, t.recipient, t.key_number
""")

# E-mails to the present address get the new link, when they are sent later or again; those to an earlier one do not.
_RELINK = text("""
    update notify.emails e set key_number = n.number
    from unnest(cast(:tickets as text[]), cast(:recipients as text[]), cast(:numbers as integer[])) as n (ticket, recipient, number)
    where e.ticket = n.ticket and e.key_number < n.number and lower(e.recipient) = n.recipient
""")


@dataclass(frozen=True)
class Thread:
    """A ticket as notify knows it. `acknowledgement` is the Message-ID that later e-mails refer to."""

    ticket: str
    category: str
    team: str
    recipient: str
    locale: str
    key_number: int
    acknowledgement: str


def document(threads: Sequence[Thread]) -> str:
    """The parameter of BEGIN."""
    return json.dumps([vars(thread) for thread in threads])


def begin(connection: Connection, threads: Sequence[Thread]) -> None:
    """Store new tickets; one that is known stays as it is."""
    if threads:
        connection.execute(_BEGIN, {"threads": document(threads)})


def find(connection: Connection, tickets: Sequence[str]) -> Mapping[str, Thread]:
    """Those of the tickets' threads that have begun."""
    rows = connection.execute(_FIND, {"tickets": list(tickets)})
    return {row.ticket: Thread(**row._mapping) for row in rows}


def transfer_threads(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Store the team of TicketRouted and TicketTransferred events, the last one of each ticket; unknown tickets are left out.

    A ticket's team decides whose agents see its e-mails.
    """
    teams = {str(event.ticket): str(event.payload["team"]) for event in events}
    connection.execute(_TRANSFER, {"tickets": list(teams), "teams": list(teams.values())})


def readdress_threads(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Store address and key number of RequesterAddressChanged events, for all later e-mails; unknown tickets are left out."""
    latest = {str(event.ticket): event for event in events}
    values = {
        "tickets": list(latest),
        "emails": [str(event.personal["email"]) for event in latest.values()],
        "numbers": [event.payload.get("key_number") for event in latest.values()],
    }
    connection.execute(_READDRESS, values)


def renew_links(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Store the key numbers of TicketKeysRenewed events, for all e-mails that are sent from now on; unknown tickets are left out."""
    numbers: dict[str, int] = {}
    for event in events:
        numbers[str(event.ticket)] = max(numbers.get(str(event.ticket), 0), int(event.payload["key_number"]))
    renewed = connection.execute(_RENEW, {"tickets": list(numbers), "numbers": list(numbers.values())}).all()
    values = {
        "tickets": [row.ticket for row in renewed],
        "recipients": [in_ascii(row.recipient).lower() for row in renewed],
        "numbers": [row.key_number for row in renewed],
    }
    connection.execute(_RELINK, values)
