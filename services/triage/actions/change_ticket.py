"""Tags and priority, as an agent sees them."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from services.triage.actions.access import Hand, take_in_hand
from services.triage.routing.deadline import restarted
from services.triage.rulesets.stored import NumberedRuleset
from services.triage.tickets.timeline import Line, append
from shared.errors import Unprocessable
from shared.events.contracts import ticket_changed
from shared.events.log import record

MOST_TAGS = 20
LONGEST_TAG = 64

_CHANGE = text("""
    update triage.tickets set priority = :priority, tags = :tags, respond_by = :respond_by where reference = :reference
""")


def change_ticket(
    connection: Connection,
    reference: str,
    hand: Hand,
    ruleset: NumberedRuleset,
    priority: str | None = None,
    tags: Sequence[str] | None = None,
) -> None:
    """Set priority and/or all tags; what is None stays. What is urgent no longer waits for the team's working hours.

    Raises what take_in_hand raises, Unprocessable for tags that are too many, too long or blank.
    """
    ticket = take_in_hand(connection, reference, hand)
    wanted = list(ticket.tags) if tags is None else list(dict.fromkeys(tag.strip() for tag in tags))
    if len(wanted) > MOST_TAGS or any(not 1 <= len(tag) <= LONGEST_TAG or not tag.isprintable() for tag in wanted):
        raise Unprocessable({"tags": [f"At most {MOST_TAGS} tags of 1 to {LONGEST_TAG} printable characters."]})
    level = priority or ticket.priority
    due = ticket.respond_by
    if due is not None and level == "urgent" and ticket.priority != "urgent":
        sooner = restarted(ruleset.compiled, ticket, priority=level)
        due = min(due, sooner) if sooner else due
    connection.execute(_CHANGE, {"reference": reference, "priority": level, "tags": wanted, "respond_by": due})
    changed: dict[str, list[object]] = {}
    if level != ticket.priority:
        changed["priority"] = [ticket.priority, level]
    if wanted != list(ticket.tags):
        changed["tags"] = [list(ticket.tags), wanted]
    if changed:
        append(connection, reference, Line("changed", by=hand.principal.name, facts=changed))
        told = {"team": ticket.team, "by": hand.principal.name, **changed}
        record(connection, [ticket_changed(reference, ticket.correlation_id, told)])
