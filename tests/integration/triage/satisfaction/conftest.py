"""Resolutions whose e-mails were sent, and answers to them."""

from typing import Any
from uuid import uuid4

import pytest

from shared.events.contracts import Event, email_state_changed, satisfaction_given
from tests.integration.triage.conftest import Caller, People, Triage

RESOLVE: dict[str, tuple[str, dict[str, Any]]] = {
    "solved": ("resolution", {"outcome": "solved"}),
    "not_solved": ("resolution", {"outcome": "not_solved", "message": "Sorry."}),
    "reply": ("replies", {"message": "Done.", "then": "resolve"}),
    "duplicate": ("resolution", {"outcome": "duplicate"}),
    "spam": ("resolution", {"outcome": "spam"}),
    "wait": ("replies", {"message": "And?", "then": "wait"}),
}


class Resolved:
    """Tickets that a caller resolves, and what notify and intake tell of them."""

    def __init__(self, triage: Triage, caller: Caller) -> None:
        self.triage = triage
        self.caller = caller

    def resolve(self, reference: str, how: str = "solved", by: Caller | None = None) -> str:
        """Returns the id of the event that leads to the e-mail."""
        path, body = RESOLVE[how]
        answer = (by or self.caller)("POST", f"/v1/tickets/{reference}/{path}", body)
        assert answer.status_code in (200, 201), answer.text
        return str(
            self.triage.rows(
                "select facts ->> 'email_event' as event from triage.timeline"
                " where ticket = :r and facts ? 'email_event' order by id desc limit 1",
                r=reference,
            )[0].event
        )

    def mailed(self, reference: str, event: str, state: str = "sent", **more: Any) -> Event:
        payload = {"email": str(uuid4()), "kind": "resolution", "state": state, "because": None, "cause": event, **more}
        return email_state_changed(reference, "c", payload)

    def given(self, reference: str, event: str, answer: str = "good", comment: str | None = None) -> Event:
        return satisfaction_given(reference, "c", {"resolution": event, "answer": answer}, {"comment": comment})

    def new(self, how: str = "solved", category: str = "ads/metrics", by: Caller | None = None) -> tuple[str, str]:
        """A resolved ticket whose e-mail was sent: its reference and the id of the event."""
        reference = self.triage.submit(category)
        event = self.resolve(reference, how, by)
        assert self.triage.take(self.mailed(reference, event)) == 1
        return reference, event

    def of(self, reference: str) -> Any:
        return self.caller.get(f"/v1/tickets/{reference}")["satisfaction"]

    def report(self, query: str = "by=team") -> dict[str | None, tuple[int, int, int, int]]:
        items = self.caller.get(f"/v1/reports/satisfaction?{query}")["items"]
        return {one["key"]: (one["sent"], one["answered"], one["good"], one["bad"]) for one in items}


@pytest.fixture
def resolved(triage: Triage, people: People) -> Resolved:
    return Resolved(triage, people("admin"))
