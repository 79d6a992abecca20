"""What is read of a body that the application did not read, and what the answer says of the connection."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.exceptions import RequestTimeout

from shared.http.unread_bodies import UnreadBodies

ANSWER = [b"no"]
CLOSE = ("Connection", "close")
SMALL, LARGE = b"x" * 100, b"x" * 101  # of which 100 bytes are skipped


class Stalled(io.BytesIO):
    """A body that is ended by SlowBodies."""

    def read(self, size: int | None = -1) -> bytes:
        raise RequestTimeout


def call(
    source: io.BytesIO,
    *,
    reads: int = 0,
    chunked: bool = False,
    linger: float = 60.0,
    answer: Any = ANSWER,
    **environ: str,
) -> tuple[list[Any], Any]:
    """The headers, and the answer before any of it is sent, of an application that reads so many bytes."""
    headers: list[Any] = []

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        assert not reads or len(environ["wsgi.input"].read(reads)) == reads
        start_response("401 Unauthorized", [("X-Own", "1")])
        return answer

    length = {"HTTP_TRANSFER_ENCODING": "chunked"} if chunked else {"CONTENT_LENGTH": str(len(source.getvalue()))}
    given = {"REQUEST_METHOD": "POST", "wsgi.input": source, **length, **environ}
    returned = UnreadBodies(application, skipped=100, linger=linger)(given, lambda _, own: headers.extend(own))
    assert headers[0] == ("X-Own", "1")
    return headers[1:], returned


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunks"])
def test_a_small_rest_is_skipped_before_the_answer(chunked: bool) -> None:
    source = io.BytesIO(SMALL[:99] if chunked else SMALL)
    headers, answer = call(source, chunked=chunked)
    assert (headers, source.read()) == ([], b"")
    assert answer is ANSWER  # a list: granian sends it at once


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunks"])
def test_a_large_rest_closes_the_connection_and_is_read_after_the_answer(chunked: bool) -> None:
    source = io.BytesIO(LARGE * 500)
    headers, answer = call(source, chunked=chunked)
    sent = iter(answer)
    assert (headers, next(sent)) == ([CLOSE], b"no")
    assert source.tell() == (100 if chunked else 0)
    assert list(sent) == []
    assert source.read() == b""


def test_only_what_the_application_left_counts() -> None:
    assert call(io.BytesIO(LARGE), reads=1)[0] == []


def test_a_body_that_was_read_needs_nothing() -> None:
    source = io.BytesIO(LARGE)
    headers, answer = call(source, reads=len(LARGE))
    assert headers == []
    assert answer is ANSWER


def test_a_body_that_does_not_end_is_given_up_in_time() -> None:
    source = io.BytesIO(LARGE)
    headers, answer = call(source, linger=0.0)
    assert headers == [CLOSE]
    assert list(answer) == [b"no"]
    assert source.tell() == 0


def test_a_body_that_is_not_sent_before_it_is_asked_for_is_not_asked_for() -> None:
    source = io.BytesIO(SMALL)
    headers, answer = call(source, HTTP_EXPECT="100-Continue")
    assert headers == [CLOSE]
    assert list(answer) == [b"no"]
    assert source.tell() == 0


def test_a_body_that_was_asked_for_is_read_to_its_end() -> None:
    source = io.BytesIO(SMALL)
    assert call(source, reads=1, HTTP_EXPECT="100-continue")[0] == []
    assert source.read() == b""


def test_a_body_that_stalls_does_not_change_the_answer() -> None:
    headers, answer = call(Stalled(SMALL))
    assert headers == [CLOSE]
    assert list(answer) == [b"no"]


def test_a_large_body_that_stalls_after_the_answer_ends_it() -> None:
    assert list(call(Stalled(LARGE))[1]) == [b"no"]


def test_a_request_without_a_body_is_passed_on_as_it_is() -> None:
    def start_response(*_: Any) -> None:
        raise AssertionError

    seen: list[Any] = []

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        seen.append(start)
        return ANSWER

    assert UnreadBodies(application)({"REQUEST_METHOD": "GET", "CONTENT_LENGTH": ""}, start_response) is ANSWER
    assert seen == [start_response]


def test_the_answer_is_closed() -> None:
    closed = []

    def streamed() -> Iterator[bytes]:
        try:
            yield b"no"
            yield b"pe"
        finally:
            closed.append(True)

    answer = call(io.BytesIO(LARGE), answer=streamed())[1]
    assert next(answer) == b"no"
    answer.close()
    assert closed == [True]
