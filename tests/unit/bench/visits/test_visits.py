"""Visits in a closed loop, to a server of the standard library."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from bench.harness.load import UnexpectedAnswer
from bench.visits.form import Form, get, post
from bench.visits.visits import Visit, Visited, Visits, expect

LARGE = "x" * 3_000_000  # more than a socket takes at once


class Handler(BaseHTTPRequestHandler):
    """A page, and what is posted to it."""

    def do_GET(self) -> None:
        self._answer(200, b"page")

    def do_POST(self) -> None:
        assert isinstance(self.server, Server)
        self.server.posted.append(len(self.rfile.read(int(self.headers["Content-Length"]))))
        self._answer(303, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing."""


class Server(ThreadingHTTPServer):
    """`posted`: the sizes of what was posted."""

    def __init__(self, handler: type[Handler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.posted: list[int] = []

    def handle_error(self, *args: Any) -> None:
        """A visitor that leaves is none."""


@pytest.fixture(params=["HTTP/1.0", "HTTP/1.1"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """One that closes each connection after its answer, and one that keeps them."""
    handler = type("OneHandler", (Handler,), {"protocol_version": request.param})
    with Server(handler) as made:
        thread = Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def test_every_visit_is_completed(server: Server) -> None:
    port, pages = server.server_address[1], []

    def visit(number: int) -> Visit:
        pages.append(expect((yield get(f"127.0.0.1:{port}", f"/{number}")), 200).body)
        expect((yield post(f"127.0.0.1:{port}", "/", Form("", {}), {"text": LARGE}, {})), 303)

    visited = Visits(port, visit, 3).run(0.2)
    assert len(visited.ended) == len(server.posted) == len(pages) >= 3
    assert set(pages) == {b"page"}
    assert min(server.posted) > len(LARGE)


def test_another_answer_ends_the_measurement(server: Server) -> None:
    port = server.server_address[1]

    def visit(number: int) -> Visit:
        expect((yield get(f"127.0.0.1:{port}", "/")), 201)

    with pytest.raises(UnexpectedAnswer, match="200: page"):
        Visits(port, visit, 2).run(0.2)


def test_only_what_ended_within_the_time_counts() -> None:
    visited = Visited(4.0, [0.5, 1.0, 1.5, 3.9, 4.1])
    assert visited.rate == 1.0
    assert visited.spread(2) == (0.5, 1.5)
