"""Names after an @."""

import pytest

from services.triage.notifications.mentions import names_in


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("@bo can you look?", ["bo"]),
        ("Ask @Bo, @cleo.b and (@dan).", ["bo", "cleo.b", "dan"]),
        ("@bo@example.com and @bo@example.com", ["bo@example.com"]),
        ("@bo@example.com.", ["bo@example.com"]),
        ("**@bo**\n@åsa", ["bo", "åsa"]),
        ("write to anna@example.com", []),
        ("https://example.com/@anna", []),
        ("@ nobody, @", []),
        ("@@bo", []),
    ],
)
def test_names(message: str, names: list[str]) -> None:
    assert names_in(message) == names
