"""Runs an action with what is applied with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from services.triage.actions.action import Action, ActionCall
from services.triage.actions.change_ticket import change_ticket
from services.triage.saved_replies.count_use import count_use
from services.triage.tickets.lock import lock_ticket


@dataclass(frozen=True)
class Applied:
    """What a saved reply brings beside its text. `tags`: added to the ticket's; `priority`: None leaves it."""

    saved_reply: UUID | None = None
    tags: Sequence[str] = ()
    priority: str | None = None

    def as_document(self) -> dict[str, Any]:
        """As JSON keeps it."""
        saved_reply = None if self.saved_reply is None else str(self.saved_reply)
        return {"saved_reply": saved_reply, "tags": list(self.tags), "priority": self.priority}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """What as_document made."""
        saved_reply = document.get("saved_reply")
        tags, priority = document.get("tags") or (), document.get("priority")
        return cls(UUID(saved_reply) if saved_reply else None, tags, priority)


def carry_out(action: Action, call: ActionCall, applied: Applied) -> None:
    """Change tags and priority, run the action, and count the use of the saved reply, in the call's transaction.

    Raises what change_ticket and the action raise.
    """
    if applied.tags or applied.priority:
        # First: the action may end the claim.
        tags = [*lock_ticket(call.connection, call.reference).tags, *applied.tags] if applied.tags else None
        change_ticket(*call.target, call.rulesets.active(call.connection), priority=applied.priority, tags=tags)
    action.run(call)
    if applied.saved_reply is not None:
        count_use(call.connection, applied.saved_reply, call.actor.principal.id)
