"""Separates a merged ticket from the surviving one: each message returns to its ticket."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, text

from services.triage.actions.access import Actor, event_payload, state_changed
from services.triage.conversation.parts import read_parts
from services.triage.merging.proposals import withdraw_proposals
from services.triage.merging.stored import (
    DAYS_TO_UNMERGE,
    OWN,
    Merge,
    find_holders,
    find_merge,
    forget_merge,
    hold,
    lock_found,
    point,
)
from services.triage.routing.restart_deadline import restarted
from services.triage.rulesets.stored import NumberedRuleset
from services.triage.tickets.lock import LockedTicket, lock_ticket
from services.triage.tickets.restoring import DEADLINE, OWNER, STATE, assignments, record_of
from services.triage.tickets.timeline import REQUESTER_WROTE, append
from shared.errors import Conflict
from shared.events.contracts import Event, ticket_merged, ticket_unmerged
from shared.events.log import record

NOT_MERGED = "This ticket is merged into none."
TOO_LATE = f"A merge can be undone for {DAYS_TO_UNMERGE} days. Link the tickets, or open a new one, instead."

_RESTORE = text(f"""
    update triage.tickets t set {assignments(STATE)}, version = t.version + 1, reserved_until = null
    from {record_of(STATE)} where t.reference = :reference
""")
_RESTORE_OWN = text(f"""
    update triage.tickets t set tags = was.tags, owner = {OWNER} from {record_of(OWN)} where t.reference = :reference
""")
_RESTORE_DEADLINE = text(f"""
    update triage.tickets t set {assignments(DEADLINE)} from {record_of(DEADLINE)} where t.reference = :reference
""")
_TAKE_TAGS = text("""
    update triage.tickets set tags = array(
        select tag from unnest(tags) with ordinality as had (tag, position) where tag <> all(:gone) order by position)
    where reference = :reference and tags && cast(:gone as text[])
""")
# What the holder is to be when it is separated itself.
_TAKE_TAGS_BEFORE = text("""
    update triage.merges set before = jsonb_set(before, '{tags}', (before -> 'tags') - cast(:gone as text[])) where ticket = :reference
""")
_HAS_WRITTEN = text(f"""
    select exists (
        select from triage.timeline l
        where l.ticket = :ticket and {REQUESTER_WROTE}
          and l.id > (select max(id) from triage.timeline where ticket = :ticket and kind = 'merged_from'))
""")
_IS_UNANSWERED = text(f"""
    select exists (
        select from triage.timeline l
        where l.ticket = :ticket and {REQUESTER_WROTE}
          and l.id > (select max(id) from triage.timeline where ticket = :ticket and kind = 'merged')
          and not exists (
              select from triage.timeline a
              where a.ticket = :surviving and a.id > l.id
                and a.kind in ('replied', 'information_requested', 'disapproved', 'resolved')))
""")


def unmerge(connection: Connection, reference: str, actor: Actor, ruleset: NumberedRuleset) -> None:
    """Separate the ticket, with those that were merged into it before, from the surviving one.

    State, deadline, owner and tags are as before the merge; the surviving ticket's state and deadline only while nobody changed it since.
    What agents wrote since stays with the surviving one, what was sent to the ticket returns to it, and opens it if nobody answered.

    Raises NotFound, Forbidden for a team's ticket, merged or surviving, that the actor may not change, and Conflict for a ticket that is
    not merged, and after a week.
    """
    tickets = lock_found(connection, lambda: _together(connection, reference))
    ticket = lock_ticket(connection, reference)
    actor.principal.require_write(ticket.team)
    merge = find_merge(connection, reference)
    if merge is None or ticket.merged_into is None:
        raise Conflict(NOT_MERGED)
    surviving = tickets[ticket.merged_into]
    actor.principal.require_write(surviving.team)
    if not merge.is_recent:
        raise Conflict(TOO_LATE)
    _separate(connection, ticket, tickets, merge)
    events = _restore_surviving(connection, tickets[merge.into], merge)
    events += _restore(connection, ticket, surviving, actor, merge, ruleset)
    append(connection, surviving.reference, actor.line("unmerged_from", facts={"from": reference}))
    record(connection, [*events, *_told(ticket, tickets, actor)])


def _together(connection: Connection, reference: str) -> list[str]:
    """The ticket, those merged into it, and those that it is read with."""
    parts = read_parts(connection, [reference])[reference]
    return [*parts, *find_holders(connection, reference)]


def _separate(connection: Connection, ticket: LockedTicket, tickets: Mapping[str, LockedTicket], merge: Merge) -> None:
    """Read the ticket apart, and take back the tags that came by it alone."""
    own = [ticket.reference, *ticket.merged_tickets]
    gone = list(merge.brought["tags"])
    at: Merge | None = merge
    while at is not None:
        holder = tickets[at.into]
        others = {tag for other in at.others for tag in other["tags"]}
        gone = [tag for tag in gone if tag in at.brought["tags"] and tag not in others]
        hold(connection, holder.reference, [one for one in holder.merged_tickets if one not in own])
        values = {"reference": holder.reference, "gone": gone}
        connection.execute(_TAKE_TAGS, values)
        connection.execute(_TAKE_TAGS_BEFORE, values)
        at = find_merge(connection, holder.reference)
    point(connection, own, ticket.reference)
    forget_merge(connection, ticket.reference)
    withdraw_proposals(connection, merge.into, merge.brought["proposed"])


def _restore_surviving(connection: Connection, holder: LockedTicket, merge: Merge) -> list[Event]:
    """State and deadline as before, unless it was changed since, by a person, the requester or another merge."""
    before, brought = merge.brought["before"], merge.brought
    due = holder.respond_by.isoformat() if holder.respond_by else None
    is_as_left = holder.version == brought["version"] and _instant(due) == _instant(brought["respond_by"])
    if before is None or not is_as_left or any(other["is_later"] for other in merge.others):
        return []
    if connection.execute(_HAS_WRITTEN, {"ticket": holder.reference}).scalar_one():
        return []
    values = {"reference": holder.reference, "before": json.dumps(before)}
    if not brought["opened"]:
        connection.execute(_RESTORE_DEADLINE, values)
        return []
    connection.execute(_RESTORE, values)
    return [state_changed(holder, before["state"], {"respond_by": before["respond_by"]})]


def _restore(
    connection: Connection,
    ticket: LockedTicket,
    surviving: LockedTicket,
    actor: Actor,
    merge: Merge,
    ruleset: NumberedRuleset,
) -> list[Event]:
    """The merged ticket as before; open, where its requester has written to it since and nobody answered, or has sent what it lacked."""
    before = dict(merge.before)
    of_both = {"ticket": ticket.reference, "surviving": surviving.reference}
    is_unanswered = connection.execute(_IS_UNANSWERED, of_both).scalar_one()
    if before["state"] == "snoozed" and is_unanswered and before["respond_by"]:
        before |= {"state": "open", "state_since": ticket.now.isoformat(), "snoozed_until": None}
    elif (before["state"] in ("waiting", "resolved", "snoozed") and is_unanswered) or (
        before["state"] == "held" and not ticket.missing_evidence
    ):
        due = restarted(ruleset.compiled, ticket)
        since = {"state_since": ticket.now.isoformat(), "respond_by": due.isoformat() if due else None}
        marks = {"breached": False, "warned_at": None, "escalated_at": None, "resolved_at": None, "reminded_at": None}
        before |= {"state": "open", "snoozed_until": None, **since, **marks}
    connection.execute(_RESTORE, {"reference": ticket.reference, "before": json.dumps(before)})
    connection.execute(_RESTORE_OWN, {"reference": ticket.reference, "before": json.dumps(before)})
    append(connection, ticket.reference, actor.line("unmerged", facts={"from": surviving.reference}))
    return [state_changed(ticket, before["state"], {"respond_by": before["respond_by"]})]


def _told(ticket: LockedTicket, tickets: Mapping[str, LockedTicket], actor: Actor) -> list[Event]:
    """An event for the ticket, and one for each that continues in it again."""
    facts = {"team": ticket.team, "by": actor.principal.name, "from": ticket.merged_into}
    events = [ticket_unmerged(ticket.reference, ticket.correlation_id, facts)]
    for one in (tickets[reference] for reference in ticket.merged_tickets):
        told = event_payload(one, actor.principal, "resolved", into=ticket.reference, silent=True, follows=True)
        del told["key_number"]
        events.append(ticket_merged(one.reference, one.correlation_id, told, {}))
    return events


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
