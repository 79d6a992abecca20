"""Opens a ticket for a person: recorded for intake and notify, and routed at once."""

from datetime import datetime

import structlog
from sqlalchemy import Connection, text
from uuid_utils.compat import uuid7

from services.triage.actions.access import Actor
from services.triage.actions.add_note import append_note
from services.triage.opening.read_opening import Opening
from services.triage.routing.route_tickets import route_tickets
from services.triage.rulesets.stored import NumberedRuleset
from services.triage.tickets.read_ticket import find_team
from shared.auth.principal import Principal
from shared.catalog.evidence import missing_evidence
from shared.catalog.model import Catalog
from shared.errors import Unprocessable
from shared.events.contracts import Event, RecordedEvent, ticket_noted, ticket_opened
from shared.events.log import record
from shared.mail.addresses import folded_address, in_ascii
from shared.submission_fields import PERSONAL
from shared.submission_values import codes_of
from shared.ticket_keys import new_reference

_IN_USE = text("select exists (select from triage.tickets where reference = :reference)")

# What intake looks up for a submission: the tickets of the last 90 days, here of the address as it is searched. Those that search does
# not know yet are among the few pending ones.
_EARLIER = text("""
    with known as (
        select ticket from triage.search where email = any(cast(:addresses as text[]))
        union
        select p.ticket from triage.search_pending p join triage.tickets t on t.reference = p.ticket
        where lower(t.email) = any(cast(:addresses as text[]))
    )
    select clock_timestamp() as now, coalesce((
        select jsonb_agg(jsonb_build_object('category', newest.category, 'submitted_at', newest.created_at)) from (
            select t.category, t.created_at from known join triage.tickets t on t.reference = known.ticket
            where t.created_at > now() - interval '90 days' order by t.created_at desc limit 50) newest
    ), '[]') as tickets
""")


def open_ticket(
    connection: Connection, ruleset: NumberedRuleset, catalog: Catalog, actor: Actor, opening: Opening
) -> str:
    """The reference of the new ticket. Raises Unprocessable for an internal note whose mentions are wrong."""
    event = _event(connection, catalog, actor.principal, opening)
    # The log lines of this request share the correlation id of the ticket's other log lines.
    structlog.contextvars.bind_contextvars(correlation_id=event.correlation_id)
    [number] = record(connection, [event])
    route_tickets(connection, ruleset, [_recorded(event, number)])
    if opening.internal_note:
        _note(connection, event, actor, opening.internal_note)
    return str(event.ticket)


def _event(connection: Connection, catalog: Catalog, by: Principal, opening: Opening) -> Event:
    fields, details = opening.values.fields, opening.values.details
    email = fields["email"] or ""
    addresses = [in_ascii(email).lower(), folded_address(email)]
    earlier = connection.execute(_EARLIER, {"addresses": addresses}).one()
    payload = {
        **codes_of(catalog, fields, details),
        "key_number": 1,
        "missing_evidence": list(missing_evidence(catalog.categories[fields["category"] or ""], details, ())),
        "attachments": [],
        "earlier_tickets": earlier.tickets,
        "submitted_at": earlier.now.isoformat(),
        "source": opening.source,
        "by": by.name,
        "acknowledge": opening.acknowledge,
    }
    personal = {
        **{name: fields.get(name) for name in PERSONAL},
        "details": dict(details),
        "attachment_names": {},
    }
    return ticket_opened(_free_reference(connection), str(uuid7()), payload, personal)


def _free_reference(connection: Connection) -> str:
    """A reference has 40 random bits: one that is in use is rare, and would lose the ticket."""
    reference = new_reference()
    while connection.execute(_IN_USE, {"reference": reference}).scalar_one():
        reference = new_reference()
    return reference


def _recorded(event: Event, number: int) -> RecordedEvent:
    """The event as a consumer would get it."""
    return RecordedEvent(
        id=number,
        event_id=event.event_id,
        type=event.type,
        version=event.version,
        ticket=event.ticket,
        correlation_id=event.correlation_id,
        occurred_at=datetime.fromisoformat(event.payload["submitted_at"]),
        payload=event.payload,
        personal=event.personal or {},
    )


def _note(connection: Connection, event: Event, actor: Actor, message: str) -> None:
    reference = str(event.ticket)
    team = find_team(connection, reference)
    try:
        append_note(connection, reference, team, actor, message)
    except Unprocessable as error:
        raise Unprocessable({"internal_note": error.errors["message"]}) from error
    payload = {"team": team, "by": actor.principal.name}
    record(connection, [ticket_noted(reference, event.correlation_id, payload)])
