"""One correlation id leads from the request through every service's log to the mail."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.journeys.walking import bearer, ticket
from tests.polling import eventually
from tests.servers_of_a_run import run_of

EMAIL = "log-reader@example.org"


def _post(stack: dict[str, Any], message: str) -> requests.Response:
    submission = {
        "category": "billing/receipt",
        "email": EMAIL,
        "message": message,
        "details": {"invoice_month": "2026-10"},
    }
    return requests.post(f"{stack['intake_url']}/v1/tickets", json=submission, timeout=20)


@pytest.fixture
def logs(stack: dict[str, Any], request: pytest.FixtureRequest) -> Path:
    return run_of(request.config)[0] / "stack" / "logs"


def _lines(logs: Path, process: str, correlation_id: str) -> list[dict[str, Any]]:
    found = (logs / f"{process}.log").read_text(encoding="utf-8", errors="replace").splitlines()
    return [json.loads(line) for line in found if correlation_id in line]


def test_a_submission_is_followed_by_its_id_through_every_log(stack: dict[str, Any], logs: Path) -> None:
    answer = _post(stack, "Where does it go?")
    assert answer.status_code == 201
    correlation_id = answer.headers["X-Correlation-Id"]

    mailed = eventually(
        lambda: [one for one in _lines(logs, "worker-notify", correlation_id) if one["event"] == "email tried"],
    )
    assert mailed[0]["state"] == "sent"
    assert _lines(logs, "intake", correlation_id)[0]["status"] == 201
    routed = eventually(lambda: _lines(logs, "worker-triage", correlation_id))
    assert routed[0]["subscriber"] == "triage"
    assert routed[0]["process"] == "worker-triage"


def test_an_agents_answer_bears_the_submissions_id_too(stack: dict[str, Any], logs: Path) -> None:
    posted = _post(stack, "And who answers?")
    correlation_id, reference = posted.headers["X-Correlation-Id"], posted.json()["reference"]
    ticket(stack, reference)
    address = f"{stack['triage_url']}/v1/tickets/{reference}/replies"
    answer = requests.post(address, json={"message": "We do."}, headers=bearer(stack, "billing"), timeout=20)
    assert answer.status_code == 201
    [line] = eventually(lambda: _lines(logs, "triage", correlation_id), within=30)
    assert (line["route"], line["status"]) == ("/v1/tickets/<reference>/replies", 201)
    mailed = eventually(
        lambda: [one for one in _lines(logs, "worker-notify", correlation_id) if one.get("kind") == "reply"], within=30
    )
    assert mailed[0]["state"] == "sent"


def test_no_log_holds_what_a_person_wrote_or_is(stack: dict[str, Any], logs: Path) -> None:
    message = "Nothing of this sentence is in a log."
    posted = _post(stack, message)
    correlation_id = posted.headers["X-Correlation-Id"]
    eventually(lambda: _lines(logs, "worker-notify", correlation_id))
    key = posted.json()["status_url"].partition("key=")[2]
    for log in logs.glob("*.log"):
        text = log.read_text(encoding="utf-8", errors="replace")
        assert not [secret for secret in (EMAIL, message, key) if secret in text], log.name
