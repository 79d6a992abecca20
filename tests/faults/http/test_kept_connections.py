"""Requests that are refused before their body is read: no later request of the same connection is lost."""

import http.client
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.http.unread_bodies import SKIPPED
from tests.faults.served import Served, received, served

POSTS = 2_000
CONNECTIONS = 4
SIZES = (1, 100, 2_000, 20_000, 60_000, 100_000)
JSON = {"Content-Type": "application/json"}
TEXT = {"Content-Type": "text/plain"}
FOLLOW_UPS = "/v1/tickets/T-0000-0000/follow-ups"

Body = bytes | Iterator[bytes]
# What is refused: path, headers, a body of about so many bytes (an iterator is sent in chunks), the right status.
KINDS: tuple[tuple[str, dict[str, str], Callable[[int], Body], int], ...] = (
    ("/v1/nothing", JSON, lambda size: b"x" * size, 404),
    ("/v1/nothing", JSON, lambda size: chunks(size), 404),
    ("/v1/categories", JSON, lambda size: b"x" * size, 405),
    (FOLLOW_UPS, JSON, lambda size: b"x" * size, 401),
    ("/v1/tickets", TEXT, lambda size: b"x" * size, 415),
    ("/v1/tickets", TEXT, lambda size: chunks(size), 415),
    ("/v1/tickets", JSON, lambda size: b" " * (SKIPPED + size), 413),
    ("/v1/tickets", JSON, lambda size: b"{" * size, 400),
    ("/v1/tickets", JSON, lambda size: json.dumps({"message": "x" * size}).encode(), 422),
)
LIMITED = 429
# Refused posts until the limit answers: three quarters of them.
LIMIT = POSTS * 3 // 4

Outcome = tuple[int, int, bool] | str


def chunks(size: int) -> Iterator[bytes]:
    for start in range(0, size, 1_000):
        yield b"x" * min(1_000, size - start)


def connect(service: Served) -> http.client.HTTPConnection:
    """It connects once more only after an answer with `Connection: close`."""
    return http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)


def outcomes(service: Served, numbers: Iterable[int]) -> list[Outcome]:
    """Of the posts of one connection: the right status, the answer's, and whether it said close; or how the post was lost."""
    found: list[Outcome] = []
    connection = connect(service)
    for number in numbers:
        path, headers, body, right = KINDS[number % len(KINDS)]
        try:
            connection.request("POST", path, body(SIZES[number // len(KINDS) % len(SIZES)]), headers)
            answer = connection.getresponse()
            answer.read()
            found.append((right, answer.status, answer.will_close))
        except (OSError, http.client.HTTPException) as error:
            found.append(f"{right}: {type(error).__name__}")
            connection.close()
    connection.close()
    return found


@pytest.fixture(scope="module")
def intake(environment: dict[str, str]) -> Iterator[Served]:
    with served("intake", environment, VIDARE_LIMIT_REFUSED="") as made:
        yield made


def test_two_thousand_refused_posts_over_kept_connections_lose_none(
    environment: dict[str, str], redis_url: str
) -> None:
    shares = [range(first, POSTS, CONNECTIONS) for first in range(CONNECTIONS)]
    with (
        served("intake", environment, VIDARE_LIMIT_REFUSED=f"{LIMIT}/day") as limited,
        ThreadPoolExecutor(CONNECTIONS) as threads,
    ):
        found = [one for share in threads.map(lambda share: outcomes(limited, share), shares) for one in share]
    lost = Counter(one for one in found if isinstance(one, str))
    answered = [one for one in found if not isinstance(one, str)]
    assert lost == Counter()
    assert len(answered) == POSTS
    assert {status for right, status, _ in answered if status != right} == {LIMITED}
    assert {status for right, status, _ in answered if status == right} == {right for *_, right in KINDS}
    # Only bodies that are too large to skip cost their connection.
    assert {right for right, _, closes in answered if closes} == {413}


@pytest.mark.parametrize(
    ("service", "path"), [("triage", "/v1/tickets/T-0000-0000/reply"), ("notify", "/v1/emails/resends")]
)
def test_it_holds_for_the_other_services(environment: dict[str, str], service: str, path: str) -> None:
    with served(service, environment) as running:
        connection = connect(running)
        connection.connect()
        kept = connection.sock
        for number in range(100):
            connection.request("POST", path, b"x" * SIZES[number % len(SIZES)], JSON)
            answer = connection.getresponse()
            answer.read()
            assert answer.status in (401, 404)
            assert connection.sock is kept
        connection.close()


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_a_body_of_any_method_is_skipped(intake: Served, method: str) -> None:
    connection = connect(intake)
    connection.connect()
    kept = connection.sock
    for _ in range(50):
        connection.request(method, "/v1/nothing", b"x" * 100_000, JSON)
        answer = connection.getresponse()
        answer.read()
        assert answer.status in (404, 405)
        assert connection.sock is kept
    connection.close()


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunks"])
def test_the_answer_to_a_body_that_is_much_too_large_arrives(intake: Served, chunked: bool) -> None:
    connection = connect(intake)
    for _ in range(5):
        body = (b"x" * 100_000 for _ in range(200)) if chunked else b"x" * 20_000_000
        connection.request("POST", "/v1/tickets", body, JSON)
        answer = connection.getresponse()
        answer.read()
        assert (answer.status, answer.getheader("Connection")) == (413, "close")


def test_a_client_that_waits_to_be_asked_for_its_body_is_refused_without_it(intake: Served) -> None:
    head = b"POST /v1/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
    with intake.connect() as connection:
        connection.sendall(head)
        answer = received(connection)
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"\r\nconnection: close\r\n" in answer.lower()
