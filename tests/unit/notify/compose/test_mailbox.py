"""From names who wrote, and holds one address whatever the name."""

from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.compose.mailbox import mailbox

ADDRESS = "help@example.com"


def read(value: str) -> tuple[str, str]:
    """The name and address that a mail program reads."""
    message = message_from_bytes(f"From: {value}\r\nX: y\r\n\r\n".encode("ascii"), policy=default)
    assert message.keys() == ["From", "X"]
    (one,) = message["From"].addresses
    return one.display_name, one.addr_spec


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Anna, Pinly", '"Anna, Pinly" <help@example.com>'),
        ("Pinly", '"Pinly" <help@example.com>'),
        ('A "B" \\', '"A \\"B\\" \\\\" <help@example.com>'),
        ("", "help@example.com"),
        ("Åsa, Pinly", "=?utf-8?b?w4VzYSwgUGlubHk=?= <help@example.com>"),
    ],
)
def test_a_name_is_quoted_or_encoded(name: str, written: str) -> None:
    assert mailbox(name, ADDRESS) == written
    assert read(written) == (name, ADDRESS)


@pytest.mark.parametrize(
    "name",
    [
        "x\r\nBcc: all@example.com",
        "x <evil@example.com>,",
        '" <evil@example.com>, "',
        "=?utf-8?q?=0D=0ABcc:_a?=",
        "Å" * 500,
    ],
)
def test_a_hostile_name_begins_no_header_and_no_address(name: str) -> None:
    shown, address = read(mailbox(name, ADDRESS))
    assert address == ADDRESS
    assert len(shown.replace(" ", "")) <= 120


@given(st.text(st.characters(codec="utf-8")))
def test_any_name_leaves_one_line_in_ascii(name: str) -> None:
    value = mailbox(name, ADDRESS)
    assert value.isascii()
    assert value.isprintable()
    assert len(value) < 998
    assert value.endswith(ADDRESS) or value.endswith(f" <{ADDRESS}>")
