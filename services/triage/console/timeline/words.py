"""The words for the kinds of timeline entries that need nothing but their facts. A kind is one line here."""

from collections.abc import Callable, Mapping

from services.triage.actions.action import Facts, TeamTitle
from services.triage.bulk.kinds import KINDS


def _participants(facts: Facts) -> str:
    """Who takes part from now on, and who no longer; only the order may have changed."""
    added, removed = ", ".join(facts.get("added") or ()), ", ".join(facts.get("removed") or ())
    changes = [f"added {added}" if added else "", f"removed {removed}" if removed else ""]
    return f"changed the participants: {' and '.join(filter(None, changes)) or 'their order'}"


BY_REQUESTER = {
    "followed_up": "sent more",
    "withdrawn": "withdrew the ticket",
    "address_changed": "gave another e-mail address",
}
BY_SYSTEM = {
    "evidence_complete": "The evidence is complete; the ticket is in the queue",
    "evidence_overdue": "The evidence did not come in time; the ticket is in the queue without it",
    "answered_by_requester": "Back in the queue",
    "resolved_in_silence": "Resolved: the requester did not answer",
    "snooze_ended": "The snooze ended; the ticket is in the queue",
    "reminded": "A reminder of the missing evidence was sent",
    "reopened_by_merge": "Back in the queue, as the merged ticket was",
    "breach_near": "The answer will soon be overdue",
}
BY_PERSON: Mapping[str, str | Callable[[Facts, TeamTitle], str]] = {
    "claimed": "claimed it",
    "given_back": "gave it back",
    "unsnoozed": "ended the snooze",
    "message_scheduled": lambda facts, _: (
        f"scheduled a message for {str(facts.get('until'))[:16].replace('T', ' ')} UTC"
    ),
    "message_unscheduled": lambda facts, _: f"cancelled the message that {facts.get('writer')} had scheduled",
    "keys_renewed": "renewed the links of the requester’s page",
    "participants_changed": lambda facts, _: _participants(facts),
    "merged_from": lambda facts, _: f"merged {facts.get('from')} into it",
    "unmerged": lambda facts, _: f"separated it from {facts.get('from')}",
    "unmerged_from": lambda facts, _: f"separated {facts.get('from')} from it",
    "related": lambda facts, _: f"linked it to {facts.get('to')}",
    "unrelated": lambda facts, _: f"removed the link to {facts.get('to')}",
    "bulk_undone": lambda facts, _: f"undid the {KINDS[facts['action']].undone} by a bulk",
    "taken_over": lambda facts, _: f"took it over from {facts.get('from')}",
    "owner_changed": lambda facts, _: (
        f"gave it to {facts['owner']}" if facts.get("owner") else "left it without an owner"
    ),
}
