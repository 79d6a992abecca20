"""Addresses that can be written to, and our own signed ones, which cannot be guessed."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.emails.addresses import bounce_address, bounced_email, replied_ticket, reply_address
from shared.mail.addresses import folded_address, in_ascii, is_ascii_address

SECRET = "a-secret-of-the-tests-alone"
DOMAIN = "mail.example.com"


@pytest.mark.parametrize(
    "address", ["a@b.se", "first.last+tag@sub.example.com", "o'neil@example.com", f"{'a' * 64}@b.se"]
)
def test_ordinary_addresses_can_be_written_to(address: str) -> None:
    assert is_ascii_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "", "a", "@b.se", "a@", "a b@c.se", "a@b@c.se", "a@b.se\r\nBcc: x@y.se", "a\n@b.se", "å@b.se", '"a b"@c.se', "a@[1.2.3.4]",
        "a@-b.se", "a..b@c.se", f"{'a' * 65}@b.se", "<a@b.se>", "a@b.se,c@d.se", "a@b.se\x00", "a@b.se\n",
    ],
)  # fmt: skip
def test_everything_else_cannot(address: str) -> None:
    assert not is_ascii_address(address)


@given(st.text())
def test_what_passes_holds_no_character_that_ends_a_header(text: str) -> None:
    if is_ascii_address(in_ascii(text)):
        assert in_ascii(text).isascii()
        assert not set(in_ascii(text)) & set(" \r\n\t,;<>\x00")


@pytest.mark.parametrize("address", ["Who@Example.com", "who+tag@example.com", " who+a+b@EXAMPLE.com "])
def test_case_and_tag_do_not_distinguish_recipients(address: str) -> None:
    assert folded_address(address) == "who@example.com"


def test_a_local_part_that_is_only_a_tag_is_itself() -> None:
    assert folded_address("+tag@example.com") == "+tag@example.com"


@given(st.uuids())
def test_bounce_addresses_come_back_to_their_email(email: UUID) -> None:
    address = bounce_address(SECRET, email, DOMAIN)
    assert is_ascii_address(address)
    assert bounced_email(SECRET, address.upper()) == email
    assert replied_ticket(SECRET, address) is None
    assert bounced_email("another-secret-of-tests", address) is None


def test_reply_addresses_open_their_own_ticket_only() -> None:
    address = reply_address(SECRET, "T-7K3M-9QXA", DOMAIN)
    assert is_ascii_address(address)
    assert replied_ticket(SECRET, address) == "T-7K3M-9QXA"
    assert replied_ticket(SECRET, address.replace("7k3m", "7k3n")) is None
    assert bounced_email(SECRET, address) is None


@given(st.text(), st.text())
def test_no_guess_is_accepted(local: str, mac: str) -> None:
    assert replied_ticket(SECRET, f"reply+{local}.{mac}@{DOMAIN}") is None
    assert bounced_email(SECRET, f"bounce+{uuid4().hex}.{mac}@{DOMAIN}") is None
