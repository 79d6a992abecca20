"""A message of an agent to the requester: its timeline entry, and the event that leads to its e-mail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from uuid_utils.compat import uuid7

from services.triage.actions.access import Actor, event_payload
from services.triage.tickets.lock import LockedTicket
from services.triage.tickets.timeline import Line
from shared.events.contracts import Event, Json

MakeEvent = Callable[[str, str, Json, Json], Event]

_NEWEST_OF_REQUESTER = text("""
    select case l.kind when 'routed' then t.message else l.message end
    from triage.timeline l join triage.tickets t on t.reference = l.ticket
    where l.ticket = :reference and (l.kind = 'routed' or l.kind = 'followed_up' and l.message <> '' and not l.facts ? 'automatic')
    order by l.id desc limit 1
""")


@dataclass(frozen=True)
class OutgoingMessage:
    """A message that `actor` writes to the requester of the locked `ticket`; CommonMark."""

    ticket: LockedTicket
    actor: Actor
    text: str | None
    event_id: UUID = field(default_factory=uuid7)

    @property
    def owner(self) -> UUID | None:
        """Who owns the ticket from now on; None where that stays, since a program owns nothing."""
        return self.actor.principal.id if self.actor.is_person else None

    def line(self, kind: str, facts: Mapping[str, Any]) -> Line:
        """The timeline entry. It names the event, by which the states of the e-mail are found."""
        return self.actor.line(
            kind, self.text, {**facts, "email_event": str(self.event_id), "source": self.actor.source}
        )

    def event(self, connection: Connection, make: MakeEvent, entry: int, state: str, **payload: Any) -> Event:
        """The event that `make` makes; `entry`: the id of the timeline entry, `state`: the ticket's state afterwards."""
        ticket = self.ticket
        personal = {
            "email": ticket.email,
            "name": ticket.name,
            "subject": ticket.subject,
            "message": self.text,
            "quoted": newest_of_requester(connection, ticket.reference),
            "participants": list(ticket.participants),
        }
        told = event_payload(ticket, self.actor.principal, state, entry=entry, person=self.actor.is_person, **payload)
        return replace(make(ticket.reference, ticket.correlation_id, told, personal), event_id=self.event_id)


def newest_of_requester(connection: Connection, reference: str) -> str | None:
    """What the requester wrote last, which the e-mail of a person quotes; a program's mail does not count."""
    newest: str | None = connection.execute(_NEWEST_OF_REQUESTER, {"reference": reference}).scalar_one_or_none()
    return newest
