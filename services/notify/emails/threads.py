"""What notify keeps of each ticket, so that it can write to the requester again, into the same thread."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

_BEGIN = text("""
    insert into notify.threads (ticket, category, team, recipient, locale, key_number, acknowledgement)
    select ticket, category, team, recipient, locale, key_number, acknowledgement
    from jsonb_to_recordset(cast(:threads as jsonb)) as thread (ticket text, category text, team text, recipient text, locale text,
        key_number integer, acknowledgement text)
    on conflict (ticket) do nothing
""")

_FIND = text("""
    select ticket, category, team, recipient, locale, key_number, acknowledgement
    from notify.threads where ticket = any(cast(:tickets as text[]))
""")

_HAND_OVER = text("""
    update notify.threads t set team = moved.team
    from unnest(cast(:tickets as text[]), cast(:teams as text[])) as moved (ticket, team) where t.ticket = moved.ticket
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


def begin(connection: Connection, threads: Sequence[Thread]) -> None:
    """Remember new tickets; one that is known stays as it is."""
    connection.execute(_BEGIN, {"threads": json.dumps([vars(thread) for thread in threads])})


def find(connection: Connection, tickets: Sequence[str]) -> Mapping[str, Thread]:
    """Those of the tickets' threads that have begun."""
    rows = connection.execute(_FIND, {"tickets": list(tickets)})
    return {row.ticket: Thread(**row._mapping) for row in rows}


def hand_over(connection: Connection, teams: Mapping[str, str]) -> None:
    """Note which team has each ticket now; tickets that are not known are left out."""
    connection.execute(_HAND_OVER, {"tickets": list(teams), "teams": list(teams.values())})


def readdress(connection: Connection, emails: Mapping[str, str]) -> None:
    """Write to another address from now on, by ticket; tickets that are not known are left out."""
    connection.execute(_READDRESS, {"tickets": list(emails), "emails": list(emails.values())})
