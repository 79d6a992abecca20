"""triage's OpenAPI document is true: whatever schemathesis makes of it, the answers are as documented and never a 5xx.

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
    """What there is to ask for, made when it is asked for."""

    def __init__(self, triage: Triage, admin: Caller) -> None:
        self.triage = triage
        self.admin = admin

    def nothing(self) -> Known:
        """What is there from the start, and an address to call."""
        path: dict[str, list[Any]] = {"team": ["ads", "billing"], "number": [1]}
        return Known(path, {"url": ["https://example.com/hook", "http://127.0.0.1/"], "secret": ["s" * 9]})

    def held(self) -> Known:
        """A ticket in the admin's own claim, and what deeds say about it."""
        self.triage.submit("business/blocked-link")
        [claim] = self.admin.claim("business")
        body = {
            "claim": [claim["claim"]],
            "version": [claim["version"], None],
            "evidence": [["site_url"], ["site_url", "pin_url"]],
            "reasons": [[sorted(self.triage.rulesets.catalog.reasons)[0]]],
            "team": ["ads", "business"],
        }
        return Known({"reference": [claim["ticket"]["reference"]], "claim": [claim["claim"]]}, body)

    def free(self) -> Known:
        """An open ticket with a file."""
        file = {"id": str(uuid4()), "media_type": "image/png", "size": 9, "object": f"attachments/{uuid4().hex}"}
        reference = self.triage.submit("ads/metrics", attachments=[file | {"sha256": "0" * 64, "state": "pending"}])
        return Known({"reference": [reference], "attachment": [file["id"]]})

    def over(self) -> Known:
        """A resolved ticket."""
        reference = self.triage.submit("ads/metrics")
        self.admin.post(f"/v1/tickets/{reference}/resolution", {"outcome": "solved"})
        return Known({"reference": [reference]}, {"claim": [None], "version": [None]})

    def webhook(self) -> Known:
        """A webhook that owes a call, which has been given up."""
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
        """A replay that is over."""
        self.triage.submit("ads/metrics")
        replay = self.admin.post(f"/v1/rulesets/{self.ruleset().path['number'][0]}/replay", {}, 202)["id"]
        run_all(self.triage, replay)
        return Known({"replay": [replay]})

    def note(self) -> Known:
        """A note to try, and an item to tell about."""
        note = {"category": "ads/metrics", "email": "a@example.com", "message": "x", "details": {}}
        reason = sorted(self.triage.rulesets.catalog.reasons)[0]
        return Known(body={"ticket": [note], "ruleset": [1, None], "reasons": [[reason]]})


Make = Callable[[Scene], Known]
HELD, FREE, OVER, HOOK = Scene.held, Scene.free, Scene.over, Scene.webhook
RULES, REPLAY, NOTE, NOTHING = Scene.ruleset, Scene.replay, Scene.note, Scene.nothing

# For each operation: what there is, how many cases are tried, and what it answers when all goes well.
OPERATIONS: dict[str, tuple[Make, int, int]] = {
    "GET /livez": (NOTHING, 1, 200),
    "GET /readyz": (NOTHING, 1, 200),
    "GET /metrics": (NOTHING, 1, 200),
    "GET /v1/queues": (NOTHING, 3, 200),
    "GET /v1/tickets": (NOTHING, 25, 200),
    "GET /v1/tickets/{reference}": (FREE, 8, 200),
    "PATCH /v1/tickets/{reference}": (HELD, 20, 200),
    "GET /v1/attachments/{attachment}": (FREE, 8, 302),
    "POST /v1/queues/{team}/claims": (NOTHING, 15, 200),
    "PATCH /v1/claims/{claim}": (HELD, 15, 200),
    "DELETE /v1/claims/{claim}": (HELD, 8, 204),
    "POST /v1/tickets/{reference}/replies": (HELD, 20, 201),
    "POST /v1/tickets/{reference}/notes": (HELD, 20, 201),
    "POST /v1/tickets/{reference}/information-requests": (HELD, 20, 201),
    "POST /v1/tickets/{reference}/disapproval": (HELD, 20, 200),
    "POST /v1/tickets/{reference}/transfer": (HELD, 20, 200),
    "POST /v1/tickets/{reference}/resolution": (HELD, 20, 200),
    "POST /v1/tickets/{reference}/reopening": (OVER, 20, 200),
    "POST /v1/tickets/{reference}/takeover": (FREE, 15, 200),
    "GET /v1/tickets/{reference}/explanation": (FREE, 8, 200),
    "POST /v1/disapprovals": (NOTE, 20, 202),
    "POST /v1/application-statuses": (NOTE, 20, 202),
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
    "POST /v1/route": (NOTE, 25, 200),
    "GET /v1/replays/{replay}": (REPLAY, 8, 200),
    "DELETE /v1/replays/{replay}": (REPLAY, 8, 204),
    "GET /v1/replays/{replay}/changes": (REPLAY, 8, 200),
    "GET /v1/events/parked": (NOTHING, 5, 200),
    "POST /v1/events/parked/replay": (NOTHING, 10, 200),
    "GET /v1/reports/deflection": (NOTHING, 5, 200),
    "GET /v1/reports/misroutes": (NOTHING, 5, 200),
    "GET /v1/reports/service-levels": (NOTHING, 5, 200),
}


def test_every_operation_is_tried_here(app: Flask) -> None:
    assert sorted(operations(app)) == sorted(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_is_as_the_document_says(app: Flask, people: People, triage: Triage, name: str) -> None:
    make, examples, well = OPERATIONS[name]
    admin = people("admin")
    scene = Scene(triage, admin)
    answers = answers_of(operations(app)[name], examples, well, lambda: replace(make(scene), headers=admin.headers))
    assert answers[well], f"no case got through: {dict(answers)}"
