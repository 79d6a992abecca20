"""The ledger: one row an e-mail, written once for each event, kind and recipient."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.notify.emails import threads
from shared.events.contracts import Event, email_state_changed
from shared.events.log import record

_ADD = """
    insert into notify.emails (id, ticket, kind, event_id, correlation_id, team, recipient, recipient_key, locale, subject, text, html,
        headers, message_id, envelope_from, key_number, state, because, participant, attachments)
    select id, ticket, kind, event_id, correlation_id, team, recipient, recipient_key, locale, subject, text, html,
        headers, message_id, envelope_from, key_number, state, because, participant, attachments
    from jsonb_to_recordset(cast(:entries as jsonb)) as entry (id uuid, ticket text, kind text, event_id uuid, correlation_id text,
        team text, recipient text, recipient_key text, locale text, subject text, text text, html text, headers jsonb,
        message_id text, envelope_from text, key_number integer, state text, because text,
        participant boolean, attachments jsonb)
    on conflict (event_id, kind) do nothing
    returning id
"""
_ADD_EMAILS = text(_ADD)
_ADD_EMAILS_AND_THREADS = text(f"with begun as ({threads.BEGIN}) {_ADD}")

# Of an update that has an e-mail sent again.
RESENT_TO = """
    recipient = coalesce(resend_to, recipient), resend_to = null,
    headers = case when resend_to is null then headers else jsonb_set(headers, '{To}', to_jsonb(resend_to)) end
"""


@dataclass(frozen=True)
class Entry:
    """A row to write; `because`: why it is in its state; `participant`: true for a participant's copy, else None.

    A copy's `event_id` is made of the event's and the address.
    """

    id: UUID
    ticket: str | None
    kind: str
    event_id: UUID
    correlation_id: str
    recipient: str
    recipient_key: str
    locale: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str]
    message_id: str
    envelope_from: str
    state: str
    because: str | None = None
    key_number: int | None = None
    team: str | None = None
    participant: bool | None = None
    attachments: Sequence[Mapping[str, Any]] | None = None


def add(connection: Connection, entries: Sequence[Entry], begun: Sequence[threads.Thread] = ()) -> list[UUID]:
    """Write the entries whose event and kind have no row yet, and the threads of new tickets; returns the entries' ids.

    Records an event for each that is not queued.
    """
    if not entries:
        return []
    document = json.dumps([_row(entry) for entry in entries])
    if begun:
        rows = connection.execute(_ADD_EMAILS_AND_THREADS, {"entries": document, "threads": threads.document(begun)})
    else:
        rows = connection.execute(_ADD_EMAILS, {"entries": document})
    added = set(rows.scalars())
    final = [entry for entry in entries if entry.id in added and entry.state != "queued"]
    record(
        connection,
        [state_changed(one, one.state, one.because) for one in final],
    )
    return [entry.id for entry in entries if entry.id in added]


def _row(entry: Entry) -> dict[str, Any]:
    """What is null is left out: of most rows nearly half."""
    values = {**vars(entry), "id": str(entry.id), "event_id": str(entry.event_id)}
    return {name: value for name, value in values.items() if value is not None}


class KnownEmail(Protocol):
    """A row of the ledger, as far as the event of its state needs it."""

    @property
    def id(self) -> UUID: ...
    @property
    def ticket(self) -> str | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def correlation_id(self) -> str: ...
    @property
    def event_id(self) -> UUID: ...
    @property
    def participant(self) -> bool | None: ...


def state_changed(email: KnownEmail | Row[Any], state: str, because: str | None) -> Event:
    """The event of an e-mail's new state. `email`: an object or row with the attributes of KnownEmail.

    That of a participant's copy is marked: it tells nothing of the requester's address.
    """
    payload = {
        "email": str(email.id),
        "kind": email.kind,
        "state": state,
        "because": because,
        "cause": str(email.event_id),
    }
    marked = {**payload, "participant": True} if email.participant else payload
    return email_state_changed(email.ticket, email.correlation_id, marked)
