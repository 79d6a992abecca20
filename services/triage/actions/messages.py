"""A message of an agent to the requester: its timeline entry, and the event that leads to its e-mail."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from uuid_utils.compat import uuid7

from services.triage.actions.access import Actor, event_payload
from services.triage.tickets.lock import LockedTicket
from services.triage.tickets.timeline import Line
from services.triage.uploads.attach_uploads import MessageFiles, attach_uploads
from services.triage.uploads.record_message import record_message
from shared.events.contracts import Event, Json

MakeEvent = Callable[[str, str, Json, Json], Event]

# Of the tickets merged into this one only where they have its address still: the quotation goes to that one.
_NEWEST_OF_REQUESTER = text(r"""
    select newest.message
    from triage.tickets r cross join unnest(r.reference || r.merged_tickets) as own (reference)
    join triage.tickets t on t.reference = own.reference
    cross join lateral (
        select l.id, case l.kind when 'routed' then t.message else l.message end as message
        from triage.timeline l
        where l.ticket = t.reference
          and (l.kind = 'routed'
               or l.kind = 'followed_up' and l.message <> '' and not l.facts ? 'automatic' and not l.facts ? 'from')
        order by l.id desc limit 1) newest
    where r.reference = :reference
      and (t.reference = r.reference
           or regexp_replace(lower(t.email), '\+[^@]*@', '@') = regexp_replace(lower(r.email), '\+[^@]*@', '@'))
    order by newest.id desc limit 1
""")


@dataclass(frozen=True)
class OutgoingMessage:
    """A message that `actor` writes to the requester of the locked `ticket`; CommonMark. `uploads`: the ids of files to send along."""

    ticket: LockedTicket
    actor: Actor
    text: str | None
    uploads: Sequence[str] = ()
    event_id: UUID = field(default_factory=uuid7)

    @property
    def owner(self) -> UUID | None:
        """Who owns the ticket from now on; None where that stays, since a program owns nothing."""
        return self.actor.principal.id if self.actor.is_person else None

    def line(self, kind: str, facts: Mapping[str, Any]) -> Line:
        """The timeline entry. It names the event, by which the states of the e-mail are found."""
        with_files = {"with_files": True} if self.uploads else {}
        return self.actor.line(
            kind, self.text, {**facts, **with_files, "email_event": str(self.event_id), "source": self.actor.source}
        )

    def record(
        self,
        connection: Connection,
        make: MakeEvent,
        entry: int,
        state: str,
        changes: Sequence[Event] = (),
        **payload: Any,
    ) -> None:
        """Attach the files, and record the event that `make` makes: at once, or when the files are checked and a bulk can no longer be
        undone; and `changes` at once.

        `entry`: the id of the timeline entry, `state`: the ticket's state afterwards. Raises what attach_uploads raises.
        """
        part = self.actor.part_of
        bulk = part.bulk if part else None
        files = attach_uploads(connection, self.actor.principal, self.ticket.reference, entry, self.uploads, bulk=bulk)
        message = self._event(connection, make, entry, state, files, payload)
        record_message(connection, entry, message, files, changes, not_before=part.mails_after if part else None)

    def _event(
        self,
        connection: Connection,
        make: MakeEvent,
        entry: int,
        state: str,
        files: MessageFiles,
        payload: Mapping[str, Any],
    ) -> Event:
        ticket = self.ticket
        personal = {
            "email": ticket.email,
            "name": ticket.name,
            "subject": ticket.subject,
            "message": self.text,
            "quoted": newest_of_requester(connection, ticket.reference),
            "attachment_names": files.names(),
            "participants": list(ticket.participants),
        }
        more = {
            "entry": entry,
            "written_at": ticket.now.isoformat(),
            "person": self.actor.is_person,
            "source": self.actor.source,
            "attachments": files.payload(),
        }
        told = event_payload(ticket, self.actor.principal, state, **more, **payload)
        return replace(make(ticket.reference, ticket.correlation_id, told, personal), event_id=self.event_id)


def newest_of_requester(connection: Connection, reference: str) -> str | None:
    """What the requester wrote last, which the e-mail of a person quotes; a program's mail does not count."""
    newest: str | None = connection.execute(_NEWEST_OF_REQUESTER, {"reference": reference}).scalar_one_or_none()
    return newest
