"""Web addresses, e-mail addresses, months and countries."""

import pytest

from shared.catalog import COUNTRIES, country_code
from shared.catalog.formats import is_email, is_month, is_web_address


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com",
        "http://example.com:8080/a?b=c#d",
        "HTTPS://EXAMPLE.COM",
        "https://räksmörgås.se/å",
        "http://192.0.2.1/",
        "http://[2001:db8::1]/",
    ],
)
def test_a_web_address(text: str) -> None:
    assert is_web_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com",
        "https://",
        "https:///path",
        "https:example.com",
        "ftp://example.com",
        "data:text/html,x",
        "https://example.com/a b",
        "https://example.com/\na",
        "https://example.com/\u202e",
        'https://example.com/"onload=',
        "https://example.com:port",
        "https://[::1",
        "https://.",
    ],
)
def test_no_web_address(text: str) -> None:
    assert not is_web_address(text)


def test_an_address_beyond_ascii_before_the_at_needs_smtputf8() -> None:
    assert not is_email("åsa@example.org")
    assert is_email("åsa@example.org", smtputf8=True)
    assert not is_email("å..sa@example.org", smtputf8=True)


@pytest.mark.parametrize("text", ["a@example.com", "anna.b+c@mail.example.co.uk", "a@räka.se", "o'hara@example.ie"])
def test_an_email_address(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@b",
        "@example.com",
        "a@@example.com",
        "a b@example.com",
        "a@example..com",
        "a@-example.com",
        "a@example.com\nBcc: b@example.com",
        "Anna <a@example.com>",
        "a@example.com,b@example.com",
        "a\u202e@example.com",
        "x" * 65 + "@example.com",
        "a@" + "x." * 130 + "com",
    ],
)
def test_no_email_address(text: str) -> None:
    assert not is_email(text)


def test_months() -> None:
    assert is_month("2026-01")
    assert not any(is_month(text) for text in ("2026-00", "26-01", "2026-01-01", "0000-01", "２０２６-01"))


def test_countries_are_those_of_the_standard() -> None:
    assert len(COUNTRIES) == 249
    assert country_code("uk") == "GB"
    assert country_code(" se ") == "SE"
    assert [country_code(text) for text in ("", "XX", "SWE", "EU", "Sweden")] == [None] * 5
