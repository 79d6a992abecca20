"""HTTP answers in any number of pieces."""

import pytest

from bench.visits.answer import Answer, AnswerReader

LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: a=1; Path=/\r\nset-cookie: b=2=3; Secure\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na\r\n\r\n\r\n3;x=y\r\nbcd\r\n0\r\n\r\n"


def in_two(whole: bytes, cut: int) -> Answer | None:
    reader = AnswerReader()
    assert reader.feed(whole[:cut]) is None
    return reader.feed(whole[cut:])


@pytest.mark.parametrize(("whole", "body"), [(LENGTH, b"hello"), (CHUNKED, b"a\r\n\r\nbcd")], ids=["length", "chunked"])
def test_an_answer_is_whole_with_its_last_byte(whole: bytes, body: bytes) -> None:
    for cut in range(1, len(whole)):
        answer = in_two(whole, cut)
        assert answer is not None, cut
        assert (answer.status, answer.body, answer.closes) == (200, body, False)


def test_an_answer_without_a_length_ends_with_the_connection() -> None:
    reader = AnswerReader()
    assert reader.feed(b"HTTP/1.0 200 OK\r\n\r\nhe") is None
    assert reader.feed(b"llo") is None
    answer = reader.feed(b"")
    assert answer is not None
    assert (answer.body, answer.closes) == (b"hello", True)


def test_an_answer_that_announces_it_closes() -> None:
    answer = AnswerReader().feed(
        b"HTTP/1.1 302 Found\r\nLocation: /x\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n"
    )
    assert answer is not None
    assert (answer.status, answer.header(b"location"), answer.closes) == (302, b"/x", True)


def test_an_answer_of_the_older_protocol_closes() -> None:
    answer = AnswerReader().feed(LENGTH.replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert answer is not None
    assert answer.closes


def test_an_answer_without_content_needs_no_length() -> None:
    answer = AnswerReader().feed(b"HTTP/1.1 204 No Content\r\n\r\n")
    assert answer is not None
    assert answer.body == b""


@pytest.mark.parametrize("part", [b"", b"HTTP/1.1 200 O", LENGTH[:-1], CHUNKED[:-3]])
def test_half_an_answer_is_none(part: bytes) -> None:
    reader = AnswerReader()
    with pytest.raises(ValueError, match="closed the connection"):
        reader.feed(part) or reader.feed(b"")


def test_cookies_are_kept_without_their_attributes() -> None:
    answer = AnswerReader().feed(LENGTH)
    assert answer is not None
    assert answer.cookies == {b"a": b"1", b"b": b"2=3"}
