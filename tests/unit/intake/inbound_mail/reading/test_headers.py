"""The sender and the requester of a mail, however programs write them."""

from email import message_from_bytes, policy
from email.message import Message

import pytest

from services.intake.inbound_mail.reading.headers import MOST_COPIES, copied_to, header, requester_of, sender_of


def mail(*fields: str) -> Message:
    return message_from_bytes("\n".join([*fields, "", "Hello"]).encode("utf-8"), policy=policy.compat32)


@pytest.mark.parametrize(
    ("field", "sender"),
    [
        ("Bo Ek <bo@example.org>", ("bo@example.org", "Bo Ek")),
        ("Ek, Bo <bo@example.org>", ("bo@example.org", "Ek, Bo")),
        ('"Ek, Bo" <bo@example.org>', ("bo@example.org", "Ek, Bo")),
        ("=?utf-8?Q?Ek,_Bo?= <bo@example.org>", ("bo@example.org", "Ek, Bo")),
        ("=?utf-8?Q?=C3=85sa?= =?utf-8?Q?_Ek?= <asa@example.org>", ("asa@example.org", "Åsa Ek")),
        ("Bo Ek bo@example.org", ("bo@example.org", "Bo Ek")),
        ("bo@example.org", ("bo@example.org", None)),
        ("bo@example.org (Bo Ek)", ("bo@example.org", "Bo Ek")),
        ("bo@example.org <bo@example.org>", ("bo@example.org", None)),
        ("Bo <bo@example.org.>", ("bo@example.org", "Bo")),
        ("Bo <not an address>", (None, None)),
        ("", (None, None)),
    ],
)
def test_the_sender_is_found(field: str, sender: tuple[str | None, str | None]) -> None:
    assert sender_of(mail(f"From: {field}")) == sender


def test_of_two_from_fields_the_one_with_an_address_counts() -> None:
    assert sender_of(mail("From: nobody", "From: Bo <bo@example.org>"))[0] == "bo@example.org"


def test_a_contact_form_names_the_requester_in_reply_to() -> None:
    found = requester_of(mail("From: Shop <noreply@shop.example.org>", "Reply-To: Bo Ek <bo@example.org>"))
    assert found == ("bo@example.org", "Bo Ek")


@pytest.mark.parametrize(
    ("fields", "addresses"),
    [
        ([], ()),
        (["Cc: "], ()),
        (["Cc: Bo <bo@example.org>, cy@example.net; <di@example.com>"], ("bo@example.org", "cy@example.net", "di@example.com")),
        (['Cc: "Ek, Bo" <bo@example.org>,\r\n Doe, Cy <cy@example.net>'], ("bo@example.org", "cy@example.net")),
        (["Cc: undisclosed-recipients:;", "Cc: bo@example.org"], ("bo@example.org",)),
        (["Cc: bo@, @example.org, <>"], ()),
    ],
)  # fmt: skip
def test_whom_a_mail_was_copied_to_is_found_however_it_is_written(
    fields: list[str], addresses: tuple[str, ...]
) -> None:
    assert copied_to(mail("From: Ann <ann@example.org>", *fields)) == addresses


def test_of_thousands_of_copies_the_first_are_found() -> None:
    fields = ["Cc: " + ", ".join(f"p{number}@example.org" for number in range(100))] * 50
    assert len(copied_to(mail(*fields))) == MOST_COPIES


def test_several_reply_to_addresses_leave_the_sender() -> None:
    found = requester_of(mail("From: Bo <bo@example.org>", "Reply-To: a@example.org, b@example.org"))
    assert found == ("bo@example.org", "Bo")


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("=?ISO-2022-JP?B?GyRCLSEbKEI=?=", "①"),
        ("Привет =?utf-8?Q?=C3=A5terigen?=", "Привет återigen"),
        ("=?gb2312?B?1uzpRrv5?=", "朱镕基"),
        ("=?utf-8?B?w6U=?= =?utf-8?B?w6Q=?=", "åä"),
        ("=?utf-8?B?ww==?= =?utf-8?B?pQ==?=", "å"),
        ("plain =?x-no-such?Q?abc?=", "plain abc"),
    ],
)
def test_encoded_words_are_read_as_they_are_really_written(subject: str, text: str) -> None:
    assert header(mail(f"Subject: {subject}"), "Subject", 200) == text
