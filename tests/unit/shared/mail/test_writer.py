"""How an agent is named to a requester."""

import pytest

from shared.mail.writer import first_name


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Anna Berg", "Anna"),
        ("Berg, Anna", "Berg"),
        ("  Åsa  ", "Åsa"),
        ("anna@corp.example", None),
        ("<anna@corp.example> Anna", None),
        ("Anna\r\nBcc: x@y.se", "Anna"),
        ("\u202eannA", "annA"),
        ("x" * 90, "x" * 40),
        (" ", None),
        ("", None),
        (None, None),
        ('",;"', None),
    ],
)
def test_the_first_name_is_a_name_and_never_an_address(name: str | None, first: str | None) -> None:
    assert first_name(name) == first
