"""triage's OpenAPI document is correct: the answers to schemathesis's requests are as documented and never a 5xx.

An admin asks, and finds what is asked for: open, claimed, waiting and resolved tickets, files, webhooks with calls, rulesets, replays.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from services.triage.rules.document.seed import seed_document
from tests.integration.triage.conftest import Caller, People, Triage
from tests.integration.triage.replays.conftest import run_all
from tests.integration.triage.webhooks.conftest import AdsTeam
from tests.openapi import Known, answers_of, operations


class Scene:
    """Makes what requests refer to."""

    def __init__(self, triage: Triage, admin: Caller) -> None:
        self.triage = triage
        self.admin = admin

    def nothing(self) -> Known:
        """What exists in an empty system, and addresses for webhooks."""
        path: dict[str, list[Any]] = {"team": ["ads", "billing"], "number": [1]}
        return Known(path, {"url": ["https://example.com/hook", "http://127.0.0.1/"], "secret": ["s" * 9]})

    def claimed(self) -> Known:
        """A ticket claimed by the admin, and values for actions on it."""
        self.triage.submit("business/blocked-link")
        [claim] = self.admin.claim("business")
        body = {
            "claim": [claim["claim"]],
            "version": [claim["version"], None],
            "evidence": [["site_url"], ["site_url", "pin_url"]],
            "reasons": [[sorted(self.triage.rulesets.catalog.reasons)[0]]],
            "team": ["ads", "business"],
            "emails": [[], ["a@example.org"]],
        }
        return Known({"reference": [claim["ticket"]["reference"]], "claim": [claim["claim"]]}, body)

    def open(self) -> Known:
        """An open ticket with a file."""
        file = {"id": str(uuid4()), "media_type": "image/png", "size": 9, "object": f"attachments/{uuid4().hex}"}
        reference = self.triage.submit("ads/metrics", attachments=[file | {"sha256": "0" * 64, "state": "pending"}])
        return Known(
            {"reference": [reference], "attachment": [file["id"]]}, {"email": [self.admin.email]}, {"before": [2**40]}
        )

    def held(self) -> Known:
        """A ticket that waits for evidence."""
        reference = self.triage.submit("business/blocked-link", missing_evidence=["pin_url"])
        return Known({"reference": [reference]}, {"claim": [None], "version": [None]})

    def resolved(self) -> Known:
        """A resolved ticket."""
        reference = self.triage.submit("ads/metrics")
        self.admin.post(f"/v1/tickets/{reference}/resolution", {"outcome": "solved"})
        return Known({"reference": [reference]}, {"claim": [None], "version": [None]})

    def webhook(self) -> Known:
        """A webhook with a failed call."""
        ads = AdsTeam(self.triage, self.admin)
        hook = str(ads.register("https://example.com/")["id"])
        self.triage.submit("ads/metrics")
        ads.consume()
        rows = self.triage.rows(
            "update triage.webhook_calls set state = 'failed' where webhook = :id returning id", id=hook
        )
        return Known({"team": ["ads"], "webhook": [hook], "call": [row.id for row in rows]})

    def ruleset(self) -> Known:
        """A draft."""
        body = {"document": seed_document(), "comment": "again"}
        number = self.admin.post("/v1/rulesets", body, 201)["number"]
        fields: dict[str, list[Any]] = {"document": [seed_document()], "expected_active": [None], "days": [1, 30]}
        return Known({"number": [number, 1]}, fields, {"against": [number, 1]})

    def replay(self) -> Known:
        """A finished replay."""
        self.triage.submit("ads/metrics")
        replay = self.admin.post(f"/v1/rulesets/{self.ruleset().path['number'][0]}/replay", {}, 202)["id"]
        run_all(self.triage, replay)
        return Known({"replay": [replay]})

    def submission(self) -> Known:
        """A ticket to try a ruleset on, and a reason for an announcement."""
        ticket = {"category": "ads/metrics", "email": "a@example.com", "message": "x", "details": {}}
        reason = sorted(self.triage.rulesets.catalog.reasons)[0]
        fields: dict[str, list[Any]] = {name: [value] for name, value in ticket.items()}
        return Known(body={**fields, "ticket": [ticket], "ruleset": [1, None], "reasons": [[reason]]})


Make = Callable[[Scene], Known]
CLAIMED, OPEN, HELD, RESOLVED, HOOK = Scene.claimed, Scene.open, Scene.held, Scene.resolved, Scene.webhook
RULES, REPLAY, SUBMISSION, NOTHING = Scene.ruleset, Scene.replay, Scene.submission, Scene.nothing

# For each operation: what exists, how many cases are tried, and the status of its success.
OPERATIONS: dict[str, tuple[Make, int, int]] = {
    "GET /livez": (NOTHING, 1, 200),
    "GET /readyz": (NOTHING, 1, 200),
    "GET /metrics": (NOTHING, 1, 200),
    "GET /v1/queues": (NOTHING, 3, 200),
    "GET /v1/tickets": (NOTHING, 25, 200),
    "POST /v1/tickets": (SUBMISSION, 25, 201),
    "GET /v1/tickets/{reference}": (OPEN, 8, 200),
    "PUT /v1/tickets/{reference}/participants": (CLAIMED, 20, 200),
    "PATCH /v1/tickets/{reference}": (CLAIMED, 20, 200),
    "GET /v1/attachments/{attachment}": (OPEN, 8, 302),
    # What schemathesis makes up is no file that is accepted; tests/integration/triage/uploads uploads real ones.
    "POST /v1/uploads": (NOTHING, 20, 422),
    "POST /v1/queues/{team}/claims": (NOTHING, 15, 200),
    "PATCH /v1/claims/{claim}": (CLAIMED, 15, 200),
    "DELETE /v1/claims/{claim}": (CLAIMED, 8, 204),
    "POST /v1/tickets/{reference}/replies": (CLAIMED, 20, 201),
    "POST /v1/tickets/{reference}/notes": (CLAIMED, 20, 201),
    "POST /v1/tickets/{reference}/information-requests": (CLAIMED, 20, 201),
    "POST /v1/tickets/{reference}/disapproval": (CLAIMED, 20, 200),
    "POST /v1/tickets/{reference}/transfer": (CLAIMED, 20, 200),
    "POST /v1/tickets/{reference}/resolution": (CLAIMED, 20, 200),
    "POST /v1/tickets/{reference}/reopening": (RESOLVED, 20, 200),
    "POST /v1/tickets/{reference}/release": (HELD, 15, 200),
    "PUT /v1/tickets/{reference}/owner": (OPEN, 10, 200),
    "GET /v1/tickets/{reference}/conversation": (OPEN, 10, 200),
    "GET /v1/me": (NOTHING, 2, 200),
    "PUT /v1/me": (NOTHING, 5, 200),
    "POST /v1/tickets/{reference}/takeover": (OPEN, 15, 200),
    "POST /v1/tickets/{reference}/key-renewal": (OPEN, 8, 200),
    "GET /v1/tickets/{reference}/explanation": (OPEN, 8, 200),
    "POST /v1/disapprovals": (SUBMISSION, 20, 202),
    "POST /v1/application-statuses": (SUBMISSION, 20, 202),
    "GET /v1/teams/{team}/webhooks": (HOOK, 5, 200),
    "POST /v1/teams/{team}/webhooks": (NOTHING, 25, 201),
    "DELETE /v1/teams/{team}/webhooks/{webhook}": (HOOK, 8, 204),
    "GET /v1/webhooks/{webhook}/deliveries": (HOOK, 8, 200),
    "POST /v1/webhooks/{webhook}/deliveries/{call}/replay": (HOOK, 10, 204),
    "GET /v1/rulesets": (RULES, 5, 200),
    "POST /v1/rulesets": (RULES, 25, 201),
    "GET /v1/rulesets/active": (NOTHING, 2, 200),
    "GET /v1/rulesets/{number}": (RULES, 8, 200),
    "GET /v1/rulesets/{number}/diff": (RULES, 15, 200),
    "POST /v1/rulesets/{number}/activation": (RULES, 15, 200),
    "POST /v1/rulesets/{number}/replay": (RULES, 10, 202),
    "POST /v1/route": (SUBMISSION, 25, 200),
    "GET /v1/replays/{replay}": (REPLAY, 8, 200),
    "DELETE /v1/replays/{replay}": (REPLAY, 8, 204),
    "GET /v1/replays/{replay}/changes": (REPLAY, 8, 200),
    "GET /v1/events/parked": (NOTHING, 5, 200),
    "POST /v1/events/parked/replay": (NOTHING, 10, 200),
    "GET /v1/reports/deflection": (NOTHING, 5, 200),
    "GET /v1/reports/misroutes": (NOTHING, 5, 200),
    "GET /v1/reports/service-levels": (NOTHING, 5, 200),
}


def test_every_operation_is_tested(app: Flask) -> None:
    assert sorted(operations(app)) == sorted(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_is_as_documented(app: Flask, people: People, triage: Triage, name: str) -> None:
    make, examples, success = OPERATIONS[name]
    admin = people("admin")
    scene = Scene(triage, admin)
    answers = answers_of(operations(app)[name], examples, success, lambda: replace(make(scene), headers=admin.headers))
    assert answers[success], f"no case succeeded: {dict(answers)}"
