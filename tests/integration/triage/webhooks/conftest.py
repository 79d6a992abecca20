"""A receiver of webhooks, and a team's consumer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from services.triage.handlers import team_handlers
from services.triage.webhooks.send_due_calls import send_due_calls, send_next_call
from shared.events.consumer import Consumer
from tests.integration.triage.conftest import Caller, People, Triage

SECRET = "a shared secret"


@dataclass
class Receiver:
    """An HTTP server that records requests and answers with the given statuses."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    waiting: threading.Event | None = None

    def answer(self) -> int:
        return self.statuses.pop(0) if self.statuses else 204


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver during the block."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if kept.waiting is not None:
                kept.waiting.wait(20)
            status = kept.answer()
            kept.got.append((dict(self.headers.items()), body))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 64  # the threads of many teams connect at once

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    kept.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as kept:
        yield kept


class AdsTeam:
    """The consumer and the sender of the team ads."""

    def __init__(self, triage: Triage, agent: Caller) -> None:
        self.triage = triage
        self.agent = agent

    def register(self, url: str) -> dict[str, Any]:
        sql = "insert into triage.webhooks (team, url, secret, created_by) values ('ads', :url, :secret, 'x') returning id, url"
        return dict(self.triage.rows(sql, url=url, secret=SECRET)[0]._mapping)

    def consume(self) -> int:
        """Handle all recorded events, one at a time: events of one ticket are never in one batch."""
        return self.consume_of("ads")

    def consume_of(self, team: str) -> int:
        """As `consume`, for another team."""
        subscriber = f"team.{team}"
        consumer = Consumer(self.triage.engine, subscriber, team_handlers())
        waiting = self.triage.rows("select id from events.deliveries where subscriber = :s order by id", s=subscriber)
        return sum(consumer.consume([row.id]) for row in waiting)

    def send(self) -> int:
        sent = 0
        while send_next_call(self.triage.engine, "ads", allow_private=True):
            sent += 1
        return sent

    def send_all(self) -> None:
        send_due_calls(self.triage.engine, "ads", True, lambda: True)

    def let_time_pass(self, seconds: int) -> None:
        """Move all times of calls back by so many seconds."""
        self.triage.rows(
            """
            update triage.webhook_calls
            set due_at = due_at - make_interval(secs => :n), failing_since = failing_since - make_interval(secs => :n),
                leased_until = leased_until - make_interval(secs => :n), created_at = created_at - make_interval(secs => :n)
            """,
            n=seconds,
        )


@pytest.fixture
def ads(triage: Triage, people: People) -> AdsTeam:
    return AdsTeam(triage, people("agent", "ads"))
