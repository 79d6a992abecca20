"""The examples that docs/ gives to teams with tools of their own, run as they stand."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from local.ports import free_ports, is_listening
from tests.journeys.walking import bearer, mails, ticket
from tests.polling import eventually

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def _send(stack: dict[str, Any], email: str, message: str) -> str:
    note = {"category": "account/feed", "email": email, "message": message}
    answer = requests.post(f"{stack['intake_url']}/v1/tickets", json=note, timeout=20)
    reference: str = answer.json()["reference"]
    ticket(stack, reference)
    return reference


@pytest.fixture
def received(stack: dict[str, Any], tmp_path: Path) -> Iterator[Path]:
    """What the example receiver prints, registered as a webhook of the team account."""
    (port,) = free_ports(1)
    written = tmp_path / "received"
    with written.open("w") as output:
        receiver = subprocess.Popen(
            [sys.executable, EXAMPLES / "webhook_receiver.py", str(port)],
            env={**os.environ, "WEBHOOK_SECRET": "a shared secret"},
            stdout=output,
        )
        assert eventually(lambda: is_listening("127.0.0.1", port))
        address = f"{stack['triage_url']}/v1/teams/account/webhooks"
        hook = {"url": f"http://127.0.0.1:{port}/", "secret": "a shared secret"}
        made = requests.post(address, json=hook, headers=bearer(stack, "account"), timeout=10)
        assert made.status_code == 201, made.text
        assert "secret" not in made.json()
        yield written
        requests.delete(f"{address}/{made.json()['id']}", headers=bearer(stack, "account"), timeout=10)
        receiver.terminate()
        receiver.wait()


def test_the_receiver_believes_what_is_signed_with_its_secret(stack: dict[str, Any], received: Path) -> None:
    reference = _send(stack, "hooked@example.org", "For the webhook.")
    assert eventually(lambda: f"ticket.routed {reference}" in received.read_text())


def test_the_consumer_answers_what_it_can_and_gives_the_rest_back(stack: dict[str, Any]) -> None:
    known = _send(stack, "hours@example.org", "What are your OPENING HOURS?")
    other = _send(stack, "feed@example.org", "My feed is strange.")

    def run() -> bool:
        environment = {
            **os.environ,
            "VIDARE_TRIAGE_URL": stack["triage_url"],
            "VIDARE_TOKEN": stack["agents"]["account"]["token"],
        }
        tool = [sys.executable, str(EXAMPLES / "queue_consumer.py"), "account", "1"]
        subprocess.run(tool, env=environment, check=True, timeout=60)
        return bool(ticket(stack, known)["state"] == "resolved")

    # Other tests put notes into the same queue; ten are claimed at a time.
    assert eventually(run)
    assert [mail for mail in eventually(lambda: mails(stack, "hours@example.org")[1:]) if "Re:" in mail["Subject"]]
    left = ticket(stack, other)
    assert left["state"] == "open"
    assert "Not one for the tool." in [line["message"] for line in left["timeline"]]
