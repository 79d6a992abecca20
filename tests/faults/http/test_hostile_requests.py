"""Requests that no browser sends, before the real server: one clear answer each, and nothing of theirs is read as a second request."""

from collections.abc import Iterator

import pytest

from tests.faults.served import Served, served

SMUGGLED = b"GET /help HTTP/1.1\r\nHost: x\r\n\r\n"


def post(body: bytes, *headers: bytes) -> bytes:
    """A JSON post with these headers and nothing added."""
    lines = [b"POST /v1/tickets HTTP/1.1", b"Host: x", b"Content-Type: application/json", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def get(*headers: bytes, path: bytes = b"/help") -> bytes:
    return b"\r\n".join([b"GET " + path + b" HTTP/1.1", b"Host: x", *headers]) + b"\r\n\r\n"


CHUNKED = b"Transfer-Encoding: chunked"
PARTS = (
    b"".join(b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n' % n for n in range(5_000)) + b"--b--\r\n"
)

# Each with the statuses that are right; 0: the connection is closed without a word.
HOSTILE: dict[str, tuple[bytes, set[int]]] = {
    "length and chunks": (post(b"0\r\n\r\n" + SMUGGLED, b"Content-Length: 4", CHUNKED), {400}),
    "two lengths": (post(b"abcde" + SMUGGLED, b"Content-Length: 4", b"Content-Length: 5"), {400}),
    "a list of lengths": (post(b"abcd" + SMUGGLED, b"Content-Length: 4, 4"), {400}),
    "a signed length": (post(b"abcd" + SMUGGLED, b"Content-Length: +4"), {400}),
    "a negative length": (post(b"abcd" + SMUGGLED, b"Content-Length: -1"), {400}),
    "an enormous length": (post(b"abcd" + SMUGGLED, b"Content-Length: 99999999999999999999999"), {400}),
    "an unknown encoding": (post(b"0\r\n\r\n" + SMUGGLED, b"Transfer-Encoding: xchunked"), {400}),
    "chunks not last": (post(b"0\r\n\r\n" + SMUGGLED, b"Transfer-Encoding: chunked, identity"), {400}),
    "a blank before the colon": (post(b"0\r\n\r\n" + SMUGGLED, b"Transfer-Encoding : chunked"), {400}),
    "a tab in the encoding": (post(b"0\r\n\r\n" + SMUGGLED, b"Transfer-Encoding:\x0bchunked"), {400}),
    "a chunk without a size": (post(b"zz\r\n{}\r\n0\r\n\r\n" + SMUGGLED, CHUNKED), {400}),
    "a chunk of a negative size": (post(b"-2\r\n{}\r\n0\r\n\r\n" + SMUGGLED, CHUNKED), {400}),
    "an endless chunk extension": (post(b"2;" + b"a" * 100_000 + b"\r\n{}\r\n0\r\n\r\n" + SMUGGLED, CHUNKED), {400}),
    "chunks without an end": (post((b"8000\r\n" + b" " * 0x8000 + b"\r\n") * 40, CHUNKED), {413}),
    "a folded header": (get(b"X-A: a", b" b"), {400}),
    "a NUL in a header": (get(b"X-A: a\x00b"), {400}),
    "a line end in a header": (get(b"X-A: a\rb"), {400}),
    "a giant header": (get(b"X-A: " + b"a" * 1_000_000), {431}),
    "five thousand headers": (get(*(b"X-%d: a" % n for n in range(5_000))), {431}),
    "a giant address": (get(path=b"/help?q=" + b"a" * 200_000), {414}),
    "five thousand parts": (
        post(PARTS, b"Content-Type: multipart/form-data; boundary=b", b"Content-Length: %d" % len(PARTS)).replace(
            b"Content-Type: application/json\r\n", b""
        ),
        {413},
    ),
    "a packed body": (post(b"\x1f\x8b\x08\x00", b"Content-Encoding: gzip", b"Content-Length: 4"), {400}),
    "HTTP/2 out of the blue": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {0}),
}


@pytest.fixture(scope="module")
def intake(environment: dict[str, str]) -> Iterator[Served]:
    with served("intake", environment, VIDARE_LIMIT_REFUSED="") as made:
        yield made


def statuses(answered: bytes) -> list[int]:
    """Of every answer in the bytes."""
    return [int(line.split()[1]) for line in answered.split(b"\r\n") if line.startswith(b"HTTP/1.")] or [0]


@pytest.mark.parametrize("name", HOSTILE)
def test_one_clear_answer_and_no_second_request(intake: Served, name: str) -> None:
    sent, right = HOSTILE[name]
    answered = statuses(intake.answers(sent))
    assert len(answered) == 1
    assert set(answered) <= right


def test_all_that_did_not_end_the_server(intake: Served) -> None:
    assert intake.page_status("/help") == 200


@pytest.mark.parametrize(
    "path", [b"/help/%0d%0aX-Evil:%201", b"/help/account?lang=sv%0d%0aX-Evil:%201", b"/t?x=%0d%0aX-Evil:1"]
)
def test_nothing_in_an_address_becomes_a_header(intake: Served, path: bytes) -> None:
    head = intake.answers(get(path=path)).partition(b"\r\n\r\n")[0]
    assert b"x-evil" not in head.lower().replace(b"%0d%0ax-evil", b"")


@pytest.mark.parametrize(
    "path", [b"//evil.example/help", b"//evil.example/..", b"/\\evil.example", b"/help/account", b"/"]
)
def test_no_address_leads_elsewhere(intake: Served, path: bytes) -> None:
    """With somebody else's name in Host, in X-Forwarded-Host and in the address."""
    sent = get(b"X-Forwarded-Host: evil.example", path=path).replace(b"Host: x", b"Host: evil.example")
    head = intake.answers(sent).partition(b"\r\n\r\n")[0].lower()
    [target] = [line.partition(b":")[2].strip() for line in head.split(b"\r\n") if line.startswith(b"location:")] or [
        b"/"
    ]
    assert target.startswith(b"/")
    assert not target.startswith((b"//", b"/\\"))
