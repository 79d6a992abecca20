"""Sets a ticket's tags and priority."""

from collections.abc import Sequence
from typing import Any

from marshmallow import fields, validate
from sqlalchemy import Connection, text

from services.triage.actions.access import Actor, lock_for_action
from services.triage.actions.action import Action, ActionBody, ActionCall, Choice, Facts
from services.triage.routing.restart_deadline import restarted
from services.triage.rules.document.model import PRIORITIES
from services.triage.rulesets.stored import NumberedRuleset
from services.triage.tickets.lock import LockedTicket
from services.triage.tickets.timeline import append
from shared.errors import Unprocessable
from shared.events.contracts import ticket_changed
from shared.events.log import record

MOST_TAGS = 20
LONGEST_TAG = 64

_CHANGE = text("""
    update triage.tickets
    set priority = :priority, tags = :tags, respond_by = :respond_by,
        -- Everybody claims what is urgent.
        reserved_until = case when :priority <> 'urgent' then reserved_until end
    where reference = :reference
""")


def change_ticket(
    connection: Connection,
    reference: str,
    actor: Actor,
    ruleset: NumberedRuleset,
    priority: str | None = None,
    tags: Sequence[str] | None = None,
) -> None:
    """Set priority and/or all tags; what is None stays. A ticket that becomes urgent is due regardless of the team's working hours.

    Raises what lock_for_action raises, Unprocessable for tags that are too many, too long or blank.
    """
    ticket = lock_for_action(connection, reference, actor)
    new_tags = list(ticket.tags) if tags is None else list(dict.fromkeys(tag.strip() for tag in tags))
    if len(new_tags) > MOST_TAGS or any(not 1 <= len(tag) <= LONGEST_TAG or not tag.isprintable() for tag in new_tags):
        raise Unprocessable({"tags": [f"At most {MOST_TAGS} tags of 1 to {LONGEST_TAG} printable characters."]})
    new_priority = priority or ticket.priority
    due = ticket.respond_by
    if due is not None and new_priority == "urgent" and ticket.priority != "urgent":
        sooner = restarted(ruleset.compiled, ticket, priority=new_priority)
        due = min(due, sooner) if sooner else due
    connection.execute(_CHANGE, {"reference": reference, "priority": new_priority, "tags": new_tags, "respond_by": due})
    changed = _changed(ticket, new_priority, new_tags)
    if changed:
        append(connection, reference, actor.line("changed", facts=changed))
        payload = {"team": ticket.team, "by": actor.principal.name, **changed}
        record(connection, [ticket_changed(reference, ticket.correlation_id, payload)])


def _changed(ticket: LockedTicket, priority: str, tags: list[str]) -> dict[str, list[object]]:
    """Old and new value of what is different."""
    changed: dict[str, list[object]] = {}
    if priority != ticket.priority:
        changed["priority"] = [ticket.priority, priority]
    if tags != list(ticket.tags):
        changed["tags"] = [list(ticket.tags), tags]
    return changed


class ChangeBody(ActionBody):
    """Tags and priority; what is left out stays."""

    priority = fields.String(load_default=None, validate=validate.OneOf(PRIORITIES))
    tags = fields.List(fields.String(), load_default=None)


def _run(call: ActionCall) -> None:
    change_ticket(*call.target, call.rulesets.active(call.connection), **call.values)


def _words(facts: Facts, _: Any) -> str:
    changes = []
    if "priority" in facts:
        changes.append("changed the priority from {} to {}".format(*facts["priority"]))
    if "tags" in facts:
        before, after = facts["tags"]
        changes.append(f"changed the tags to {', '.join(after)}" if after else f"took off the tags {', '.join(before)}")
    return " and ".join(changes)


ACTION = Action(
    name="change",
    path="changes",
    title="Priority and tags",
    key="p",
    summary="Set tags and priority",
    body=ChangeBody,
    run=_run,
    kind="changed",
    words=_words,
    done="The changes are saved.",
    choices={"priority": lambda *_: [Choice(priority, priority) for priority in PRIORITIES]},
    patches_ticket=True,
)
