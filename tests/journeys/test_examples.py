"""The example programs of docs/use/examples, run unchanged."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from local.ports import free_ports, is_listening
from tests.journeys.walking import bearer, mails, ticket
from tests.polling import eventually
from tests.servers_of_a_run import run_of

EXAMPLES = Path(__file__).parents[2] / "docs" / "use" / "examples"
# One at a time: a consumer claims every ticket that it can answer, also another test's.
pytestmark = pytest.mark.xdist_group("consumers")


def _send(stack: dict[str, Any], email: str, message: str) -> str:
    fields = {"category": "account/feed", "email": email, "message": message}
    answer = requests.post(f"{stack['intake_url']}/v1/tickets", json=fields, timeout=20)
    reference: str = answer.json()["reference"]
    ticket(stack, reference)
    return reference


@pytest.fixture
def received(stack: dict[str, Any], tmp_path: Path) -> Iterator[Path]:
    """The output of the example receiver, registered as a webhook of the team account."""
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


def test_receiver_accepts_signed_calls(stack: dict[str, Any], received: Path) -> None:
    reference = _send(stack, "hooked@example.org", "For the webhook.")
    assert eventually(lambda: f"ticket.routed {reference}" in received.read_text())


Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture(scope="module")
def consumer(stack: dict[str, Any], request: pytest.FixtureRequest) -> Start:
    """Starts the example consumer for one round, with an account and a token made as its docstring describes."""
    environment = {**os.environ, "VIDARE_HOME": str(run_of(request.config)[0] / "stack")}

    def vidare(*arguments: str) -> str:
        command = [sys.executable, "-c", "from shared.cli import main; main()", *arguments]
        made = subprocess.run(command, env=environment, check=True, timeout=60, capture_output=True, text=True)
        return made.stdout.strip()

    email = f"tool-{uuid4().hex}@example.org"
    vidare("users", "add", email, "--role", "service", "--team", "account")
    token = vidare("tokens", "add", email, "--team", "account", "--scope", "write")

    def start(url: str = stack["triage_url"]) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, "VIDARE_TRIAGE_URL": url, "VIDARE_TOKEN": token, "LEASE_SECONDS": "1"}
        return subprocess.Popen([sys.executable, EXAMPLES / "queue_consumer.py", "account", "1"], env=environment)

    return start


def _looks_until_resolved(stack: dict[str, Any], consumer: Start, reference: str) -> bool:
    def look() -> bool:
        assert consumer().wait(60) == 0
        return bool(ticket(stack, reference)["state"] == "resolved")

    return bool(eventually(look, within=60))


def _kinds(stack: dict[str, Any], reference: str) -> list[str]:
    return [line["kind"] for line in ticket(stack, reference)["timeline"]]


def test_consumer_answers_known_questions_and_leaves_the_rest(stack: dict[str, Any], consumer: Start) -> None:
    known = _send(stack, "hours@example.org", "What are your OPENING HOURS?")
    other = _send(stack, "feed@example.org", "My feed is strange.")
    assert _looks_until_resolved(stack, consumer, known)
    assert [
        mail
        for mail in eventually(lambda: mails(stack, "hours@example.org")[1:], within=20)
        if "Re:" in mail["Subject"]
    ]
    left = ticket(stack, other)
    assert left["state"] == "open"
    assert not {"claimed", "given_back"} & set(_kinds(stack, other))


class Killer:
    """A proxy between the consumer and triage that kills the consumer at its n-th request about a ticket."""

    def __init__(self, url: str, reference: str, step: int, arrived: bool) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.target, self.reference, self.step, self.arrived = url, reference, step, arrived
        self.steps = 0
        killer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                killer.pass_on(self)

            def do_POST(self) -> None:
                killer.pass_on(self)

            def log_message(self, *_: object) -> None:
                """No access log."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def pass_on(self, call: BaseHTTPRequestHandler) -> None:
        """Forward the call and its answer, or kill the consumer at the fatal one."""
        self.steps += self.reference in call.path
        fatal = self.reference in call.path and self.steps == self.step
        if fatal and not self.arrived:
            self.kill()
            return
        body = call.rfile.read(int(call.headers.get("Content-Length", 0)))
        headers = {name: call.headers[name] for name in ("Authorization", "Content-Type")}
        answer = requests.request(call.command, self.target + call.path, data=body, headers=headers, timeout=20)
        if fatal:
            self.kill()
            return
        call.send_response(answer.status_code)
        call.send_header("Content-Length", str(len(answer.content)))
        call.end_headers()
        call.wfile.write(answer.content)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()


@pytest.mark.parametrize("arrived", [False, True], ids=["before-it-arrived", "before-it-was-answered"])
@pytest.mark.parametrize("step", [1, 2, 3], ids=["reading", "claiming", "answering"])
def test_killed_consumer_leaves_nothing_half_done_or_doubled(
    stack: dict[str, Any], consumer: Start, step: int, arrived: bool
) -> None:
    killer = Killer(stack["triage_url"], "", step, arrived)
    email = ""

    def was_killed() -> bool:
        """Send a new ticket each time: another test's agent may claim it before the consumer does."""
        nonlocal email
        email = f"killed-{uuid4().hex}@example.org"
        killer.reference, killer.steps = _send(stack, email, "What are your opening hours?"), 0
        killer.process = consumer(killer.url)
        return killer.process.wait(60) == -signal.SIGKILL

    try:
        assert eventually(was_killed)
    finally:
        killer.server.shutdown()
        killer.server.server_close()
    assert _looks_until_resolved(stack, consumer, killer.reference)
    assert _kinds(stack, killer.reference).count("replied") == 1
    assert len(eventually(lambda: mails(stack, email)[1:], within=20)) == 1
