"""Takes back a bulk's action on one of its tickets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from services.triage.actions.access import event_payload, state_changed, state_for_requester
from services.triage.bulk.act_on_ticket import ANOTHER_TEAM, NO_ACCOUNT, Result
from services.triage.bulk.kinds import BulkKind
from services.triage.bulk.snapshot import CHANGED, MOVED, OWNED, is_unchanged, read_snapshot
from services.triage.tickets.lock import LockedTicket, lock_ticket
from services.triage.tickets.restoring import OWNER, assignments, record_of
from services.triage.tickets.timeline import REQUESTER_WROTE, Line, append
from shared.auth.principal import Principal
from shared.events.contracts import Event, ticket_changed, ticket_transferred
from shared.events.log import record

UNDONE = "Undone."
NOT_UNDONE = "Not undone: it was changed since."

_RESTORE = text(f"""
    update triage.tickets t set {assignments(MOVED)}, owner = {OWNER}, version = t.version + 1
    from {record_of({**MOVED, **OWNED})} where t.reference = :reference
""")
_RESTORE_FIELDS = text(f"""
    update triage.tickets t set {assignments(CHANGED)}, owner = {OWNER}
    from {record_of({**CHANGED, **OWNED})} where t.reference = :reference
""")
# Reports count the line's action no more; of answers and resolutions, which were counted with their waiting times, as much is subtracted.
_FORGET = text("""
    with undone as (insert into triage.undone_lines (line) values (:line) on conflict do nothing),
    unsent as (delete from triage.unsent_messages where entry = :line)
    insert into triage.service_pending (ticket, measure, at, change)
    select :reference, measure, at, -1
    from (values ('answered', cast(:answered_at as timestamptz)), ('resolved', cast(:resolved_at as timestamptz))) as was (measure, at)
    where at is not null
""")
_REQUESTER_CAME = text(f"""
    select exists (
        select from triage.timeline l where l.ticket = :reference and l.id > :line
          and (l.kind = 'withdrawn' or {REQUESTER_WROTE}))
""")
_RELEASE_MAIL = text("update triage.unsent_messages set not_before = clock_timestamp() where entry = :line")


@dataclass(frozen=True)
class Undoing:
    """An undo that is being carried out, by `person`; None where the account was closed."""

    kind: BulkKind
    person: Principal | None


def undo_ticket(
    connection: Connection, undo: Undoing, reference: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Result:
    """Restore the ticket as it was `before` the action, unless somebody changed it since it was `after`, or the person may not."""
    found = read_snapshot(connection, reference, undo.kind.line)
    person = undo.person
    if person is None or not person.may_write(before["team"]):
        return _skipped(connection, after, ANOTHER_TEAM if person else NO_ACCOUNT)
    came = {"reference": reference, "line": after["line"]}
    if (
        found is None
        or not is_unchanged(found.document, after, moved=undo.kind.moves)
        or (undo.kind.moves and connection.execute(_REQUESTER_CAME, came).scalar_one())
    ):
        return _skipped(connection, after, NOT_UNDONE)
    ticket = lock_ticket(connection, reference)
    statement = _RESTORE if undo.kind.moves else _RESTORE_FIELDS
    connection.execute(statement, {"reference": reference, "before": json.dumps(before)})
    facts = {"action": undo.kind.name, **{name: before[name] for name in ("state", "team", "priority")}}
    if undo.kind.name == "transfer":
        facts["from"] = ticket.team
    append(connection, reference, Line("bulk_undone", person.name, person.id, facts=facts))
    first = {name: after[name] if after[name] != before[name] else None for name in ("answered_at", "resolved_at")}
    connection.execute(_FORGET, {"reference": reference, "line": after["line"], **first})
    record(connection, [_event(ticket, undo.kind, person, before)])
    return Result("done", UNDONE)


def _skipped(connection: Connection, after: Mapping[str, Any], why: str) -> Result:
    connection.execute(_RELEASE_MAIL, {"line": after["line"]})
    return Result("skipped", why)


def _event(ticket: LockedTicket, kind: BulkKind, person: Principal, before: Mapping[str, Any]) -> Event:
    """What the undo changed, for those whom the action's event told."""
    if kind.name == "resolution":
        return state_changed(ticket, before["state"], {"respond_by": before["respond_by"]})
    if kind.name == "transfer":
        payload = event_payload(
            ticket,
            person,
            state_for_requester(before["state"], before["respond_by"]),
            from_team=ticket.team,
            cause="undone",
            respond_by=before["respond_by"],
            placed_by=(ticket.decision.get("rules") or {}).get("team"),
        )
        personal = {"email": ticket.email, "name": ticket.name, "subject": ticket.subject, "reason": ""}
        moved = {**payload, "team": before["team"]}
        return ticket_transferred(ticket.reference, ticket.correlation_id, moved, personal)
    payload = {"team": ticket.team, "by": person.name, **_changed(ticket, before)}
    return ticket_changed(ticket.reference, ticket.correlation_id, payload)


def _changed(ticket: LockedTicket, before: Mapping[str, Any]) -> dict[str, list[Any]]:
    """As the event of the change has it: what was different, before the undo and after it."""
    owner = str(ticket.owner) if ticket.owner else None
    now = {"priority": ticket.priority, "tags": list(ticket.tags), "owner": owner}
    return {name: [value, before[name]] for name, value in now.items() if value != before[name]}
