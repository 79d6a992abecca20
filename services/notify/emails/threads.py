"""What notify keeps of each ticket, so that later e-mails reach the requester in the same thread."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from shared.events.contracts import RecordedEvent

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
    update notify.threads t set recipient = moved.email
    from unnest(cast(:tickets as text[]), cast(:emails as text[])) as moved (ticket, email) where t.ticket = moved.ticket
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
    """Store the new address of RequesterAddressChanged events, for all later e-mails; unknown tickets are left out."""
    emails = {str(event.ticket): str(event.personal["email"]) for event in events}
    connection.execute(_READDRESS, {"tickets": list(emails), "emails": list(emails.values())})
