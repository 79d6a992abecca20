"""Acknowledge each new ticket once, in the requester's language, naming the evidence that is missing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text
from uuid_utils.compat import uuid7

from services.notify.compose.builder import FirstState, Recipient, build_email
from services.notify.compose.kinds.ticket_emails import ACKNOWLEDGEMENT
from services.notify.compose.message import message_id
from services.notify.deps import Deps
from services.notify.emails import ledger, threads
from services.notify.emails.throttle import first_states
from shared.events.contracts import RecordedEvent

_NOW = text("select clock_timestamp()")


def acknowledge_tickets(connection: Connection, events: Sequence[RecordedEvent], deps: Deps) -> None:
    """Write the ledger rows for TicketSubmitted events, in the caller's transaction.

    Where the recipient has reached a limit, the row is suppressed and tells why. A blocked sender gets none, and the ticket no thread until
    it is released. A repeated event changes nothing.
    """
    events = [event for event in events if not event.payload.get("blocked")]
    addresses = [_address(event) for event in events]
    states = first_states(connection, addresses, deps.settings, ACKNOWLEDGEMENT.limited_by)
    _write(connection, events, states, deps)


def acknowledge_opened_tickets(connection: Connection, events: Sequence[RecordedEvent], deps: Deps) -> None:
    """As acknowledge_tickets, for TicketOpened and TicketUnblocked events: an agent decided about it, so there is no limit. A
    ticket that is not acknowledged has a thread all the same, so that later e-mails reach the person."""
    silent = [event for event in events if event.payload.get("acknowledge") is False]
    domain = deps.settings.mail_domain
    threads.begin(connection, [_thread(event, message_id(uuid7(), domain), deps) for event in silent])
    others = [event for event in events if event not in silent]
    addresses = [_address(event) for event in others]
    states = first_states(connection, addresses, deps.settings, ACKNOWLEDGEMENT.limited_by, limited=False)
    _write(connection, others, states, deps)


def _write(connection: Connection, events: Sequence[RecordedEvent], states: Sequence[FirstState], deps: Deps) -> None:
    made_at: datetime = connection.execute(_NOW).scalar_one()
    states = [_silent(event) or state for event, state in zip(events, states, strict=True)]
    entries = [_entry(event, deps, made_at, state) for event, state in zip(events, states, strict=True)]
    begun = [_thread(event, entry.message_id, deps) for event, entry in zip(events, entries, strict=True)]
    ledger.add(connection, entries, begun)


def _silent(event: RecordedEvent) -> FirstState | None:
    """The state of an acknowledgement that a program might get: two programs would answer each other."""
    unsure = event.payload.get("unsure")
    return FirstState("suppressed", f"a program may have written the mail: {unsure}") if unsure else None


def _address(event: RecordedEvent) -> str:
    return str(event.personal.get("email", ""))


def _locale(event: RecordedEvent) -> str:
    return str(event.payload.get("locale") or "en")


def _thread(event: RecordedEvent, acknowledgement: str, deps: Deps) -> threads.Thread:
    category, teams = str(event.payload["category"]), deps.settings.teams
    segment = category.partition("/")[0]
    return threads.Thread(
        ticket=str(event.ticket),
        category=category,
        team=event.payload.get("team") or (segment if segment in teams else teams[0]),
        recipient=_address(event),
        locale=_locale(event),
        key_number=int(event.payload["key_number"]),
        acknowledgement=acknowledgement,
    )


def _entry(event: RecordedEvent, deps: Deps, made_at: datetime, state: FirstState) -> ledger.Entry:
    to = Recipient(_address(event), _locale(event), int(event.payload["key_number"]))
    facts = ACKNOWLEDGEMENT.facts(event, deps.catalog, to.locale)
    return build_email(deps, ACKNOWLEDGEMENT, event, to, facts, made_at, state)
