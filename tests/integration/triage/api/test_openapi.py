"""triage's OpenAPI document is correct: the answers to schemathesis's requests are as documented and never a 5xx.

An admin asks, and finds what is asked for: open, claimed, waiting and resolved tickets, files, webhooks with calls, rulesets, replays.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from services.triage.reports.daily.registry import REPORTS
from services.triage.rules.document.seed import seed_document
from tests.integration.triage.conftest import Caller, People, Triage
from tests.integration.triage.replays.conftest import run_all
from tests.integration.triage.webhooks.conftest import AdsTeam
from tests.openapi import Known, answers_of, operations


def tomorrow() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


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
        # A person of its own: a resolution as spam may block the sender.
        self.triage.submit("business/blocked-link", email=f"{uuid4().hex}@example.net")
        [claim] = self.admin.claim("business")
        body = {
            "claim": [claim["claim"]],
            "version": [claim["version"], None],
            "evidence": [["site_url"], ["site_url", "pin_url"]],
            "reasons": [[sorted(self.triage.rulesets.catalog.reasons)[0]]],
            "team": ["ads", "business"],
            "emails": [[], ["a@example.org"]],
            "until": [tomorrow()],
        }
        return Known({"reference": [claim["ticket"]["reference"]], "claim": [claim["claim"]]}, body)

    def open(self) -> Known:
        """An open ticket with a file."""
        file = {"id": str(uuid4()), "media_type": "image/png", "size": 9, "object": f"attachments/{uuid4().hex}"}
        reference = self.triage.submit("ads/metrics", attachments=[file | {"sha256": "0" * 64, "state": "pending"}])
        body = {"email": [self.admin.email], "until": [tomorrow()]}
        return Known({"reference": [reference], "attachment": [file["id"]]}, body, {"before": [2**40]})

    def held(self) -> Known:
        """A ticket that waits for evidence."""
        reference = self.triage.submit("business/blocked-link", missing_evidence=["pin_url"])
        return Known({"reference": [reference]}, {"claim": [None], "version": [None]})

    def view(self) -> Known:
        """A view of the admin's own, and searches that can be kept."""
        view = self.admin.post("/v1/views", {"name": "Open", "query": "state:open"}, 201)["id"]
        body: dict[str, list[Any]] = {"query": ["lamp -state:open"], "shared_with": ["me", "all"], "team": [None]}
        return Known({"view": [view]}, body, {"cursor": [None]})

    def resolved(self) -> Known:
        """A resolved ticket."""
        reference = self.triage.submit("ads/metrics")
        self.admin.post(f"/v1/tickets/{reference}/resolution", {"outcome": "solved"})
        return Known({"reference": [reference]}, {"claim": [None], "version": [None]})

    def snoozed(self) -> Known:
        """A snoozed ticket."""
        known = self.open()
        self.admin.put(f"/v1/tickets/{known.path['reference'][0]}/snooze", {"until": tomorrow()})
        return known

    def account(self) -> Known:
        """A colleague's account, and a token of a program."""
        given = {"email": f"{uuid4().hex}@example.org", "name": "Lea", "role": "agent"}
        made = self.admin.post("/v1/users", given, 201)["id"]
        token = self.admin.post("/v1/tokens", {"name": "Import", "role": "agent"}, 201)["id"]
        body: dict[str, list[Any]] = {
            "email": [f"{uuid4().hex}@example.org"],
            "name": ["Lea"],
            "teams": [["ads"], []],
            "password": [None],
        }
        return Known({"person": [made], "token": [token]}, body)

    def sender(self) -> Known:
        """A blocked sender."""
        body = {"email": f"{uuid4().hex}@example.net", "reason": "x"}
        return Known({"blocked": [self.admin.post("/v1/blocked-senders", body, 201)["id"]]})

    def blocked(self) -> Known:
        """The ticket of a blocked sender."""
        email = f"{uuid4().hex}@example.net"
        self.admin.post("/v1/blocked-senders", {"email": email, "reason": "x"}, 201)
        reference = self.triage.submit("ads/metrics", email=email)
        return Known({"reference": [reference]}, {"claim": [None], "version": [None]})

    def mergeable(self) -> Known:
        """Two tickets of one requester."""
        into, reference = self.triage.submit("ads/metrics"), self.triage.submit("ads/metrics")
        fields: dict[str, list[Any]] = {"claim": [None], "version": [None], "seen": [None], "into_claim": [None]}
        return Known({"reference": [reference]}, {**fields, "into": [into], "to": [into]})

    def merged(self) -> Known:
        """A ticket that was merged into another."""
        known = self.mergeable()
        reference = known.path["reference"][0]
        self.admin.post(f"/v1/tickets/{reference}/merge", {"into": known.body["into"][0]})
        return Known({"reference": [reference]})

    def linked(self) -> Known:
        """Two related tickets."""
        known = self.mergeable()
        reference, other = known.path["reference"][0], known.body["to"][0]
        self.admin.post(f"/v1/tickets/{reference}/links", {"to": other}, 201)
        return Known({"reference": [reference], "other": [other]})

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

    def bulk(self) -> Known:
        """A bulk of the admin's own, and values for another."""
        references = [self.triage.submit(), self.triage.submit()]
        priority = {"kind": "priority", "priority": "low"}
        started = self.admin.post("/v1/tickets/bulk", {"references": references, "action": priority}, 202)
        actions = [priority, {"kind": "transfer", "team": "billing", "reason": "x"}, {"kind": "owner", "email": None}]
        body: dict[str, list[Any]] = {
            "references": [references],
            "query": [None],
            "expected": [None, 2],
            "action": actions,
        }
        return Known({"bulk": [started["id"]]}, body)

    def submission(self) -> Known:
        """A ticket to try a ruleset on, and a reason for an announcement."""
        ticket = {"category": "ads/metrics", "email": "a@example.com", "message": "x", "details": {}}
        reason = sorted(self.triage.rulesets.catalog.reasons)[0]
        fields: dict[str, list[Any]] = {name: [value] for name, value in ticket.items()}
        return Known(body={**fields, "ticket": [ticket], "ruleset": [1, None], "reasons": [[reason]]})

    def saved_reply(self) -> Known:
        """A shared reply, and a ticket to render it for."""
        made = self.admin.post("/v1/saved-replies", {"name": "x", "text": {"en": "{{requester.name}}"}}, 201)["id"]
        return Known({"saved_reply": [made]}, {"ticket": [self.triage.submit("ads/metrics")]})


Make = Callable[[Scene], Known]
CLAIMED, OPEN, HELD, RESOLVED, HOOK = Scene.claimed, Scene.open, Scene.held, Scene.resolved, Scene.webhook
SNOOZED, BLOCKED, SENDER, ACCOUNT = Scene.snoozed, Scene.blocked, Scene.sender, Scene.account
VIEW = Scene.view
RULES, REPLAY, SUBMISSION, NOTHING = Scene.ruleset, Scene.replay, Scene.submission, Scene.nothing
SAVED = Scene.saved_reply
BULK = Scene.bulk

# For each operation: what exists, how many cases are tried, and the status of its success.
OPERATIONS: dict[str, tuple[Make, int, int]] = {
    "GET /livez": (NOTHING, 1, 200),
    "GET /readyz": (NOTHING, 1, 200),
    "GET /metrics": (NOTHING, 1, 200),
    "GET /v1/queues": (NOTHING, 3, 200),
    "GET /v1/tickets": (NOTHING, 25, 200),
    "POST /v1/tickets": (SUBMISSION, 25, 201),
    "GET /v1/tickets/{reference}": (OPEN, 8, 200),
    "POST /v1/tickets/{reference}/merge": (Scene.mergeable, 20, 200),
    "POST /v1/tickets/{reference}/unmerge": (Scene.merged, 8, 200),
    "POST /v1/tickets/{reference}/links": (Scene.mergeable, 15, 201),
    "DELETE /v1/tickets/{reference}/links/{other}": (Scene.linked, 8, 204),
    "PUT /v1/tickets/{reference}/participants": (CLAIMED, 20, 200),
    "PUT /v1/tickets/{reference}/presence": (OPEN, 10, 200),
    "GET /v1/notifications": (NOTHING, 10, 200),
    "POST /v1/notifications/read": (NOTHING, 15, 204),
    "POST /v1/live/tokens": (NOTHING, 3, 201),
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
    "PUT /v1/tickets/{reference}/snooze": (OPEN, 20, 200),
    "DELETE /v1/tickets/{reference}/snooze": (SNOOZED, 8, 204),
    "POST /v1/tickets/{reference}/unblocking": (BLOCKED, 15, 200),
    "GET /v1/blocked-senders": (SENDER, 5, 200),
    "POST /v1/blocked-senders": (NOTHING, 25, 201),
    "DELETE /v1/blocked-senders/{blocked}": (SENDER, 8, 204),
    "PUT /v1/tickets/{reference}/owner": (OPEN, 10, 200),
    "GET /v1/tickets/{reference}/conversation": (OPEN, 10, 200),
    "GET /v1/me": (NOTHING, 2, 200),
    "GET /v1/users": (NOTHING, 2, 200),
    "POST /v1/users": (ACCOUNT, 25, 201),
    "PATCH /v1/users/{person}": (ACCOUNT, 20, 200),
    "POST /v1/users/{person}/invitation": (ACCOUNT, 8, 202),
    "POST /v1/password-reset": (ACCOUNT, 8, 202),
    "GET /v1/tokens": (NOTHING, 2, 200),
    "POST /v1/tokens": (ACCOUNT, 20, 201),
    "DELETE /v1/tokens/{token}": (ACCOUNT, 5, 204),
    "GET /v1/teams": (NOTHING, 2, 200),
    "GET /v1/audit": (NOTHING, 15, 200),
    "GET /v1/views": (VIEW, 5, 200),
    "POST /v1/views": (VIEW, 20, 201),
    "PUT /v1/views/{view}": (VIEW, 20, 200),
    "DELETE /v1/views/{view}": (VIEW, 5, 204),
    "PUT /v1/me": (NOTHING, 5, 200),
    "POST /v1/tickets/{reference}/takeover": (OPEN, 15, 200),
    "POST /v1/tickets/{reference}/key-renewal": (OPEN, 8, 200),
    "GET /v1/tickets/{reference}/explanation": (OPEN, 8, 200),
    "POST /v1/tickets/bulk": (BULK, 25, 202),
    "GET /v1/bulk/{bulk}": (BULK, 8, 200),
    "POST /v1/bulk/{bulk}/undo": (BULK, 8, 202),
    "POST /v1/disapprovals": (SUBMISSION, 20, 202),
    "POST /v1/application-statuses": (SUBMISSION, 20, 202),
    "GET /v1/saved-replies": (NOTHING, 10, 200),
    "POST /v1/saved-replies": (NOTHING, 20, 201),
    "GET /v1/saved-replies/{saved_reply}": (SAVED, 5, 200),
    "PUT /v1/saved-replies/{saved_reply}": (SAVED, 20, 200),
    "DELETE /v1/saved-replies/{saved_reply}": (SAVED, 5, 204),
    "POST /v1/saved-replies/{saved_reply}/render": (SAVED, 10, 200),
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
    **{f"GET /v1/reports/{name}": (NOTHING, 5, 200) for name in REPORTS},
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
