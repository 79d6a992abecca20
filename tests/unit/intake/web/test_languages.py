from datetime import UTC, datetime

import pytest
from flask import Flask

from services.intake.web.i18n import load_languages
from services.intake.web.languages import chosen_locale, format_moment, mark_language
from shared.catalog.text import Localised

LANGUAGES = load_languages()


@pytest.fixture
def app() -> Flask:
    return Flask(__name__)


@pytest.mark.parametrize(
    ("address", "accepted", "locale"),
    [
        ("/", "", "en"),
        ("/", "sv", "sv"),
        ("/", "sv-FI,fi;q=0.8", "sv"),
        ("/", "fi,sv;q=0.8,en;q=0.5", "sv"),
        ("/", "de", "en"),
        ("/?lang=sv", "en", "sv"),
        ("/?lang=en", "sv", "en"),
        ("/?lang=tlh", "sv", "sv"),
    ],
)
def test_the_address_chooses_then_the_browser_then_english(
    app: Flask, address: str, accepted: str, locale: str
) -> None:
    with app.test_request_context(address, headers={"Accept-Language": accepted}):
        assert chosen_locale(LANGUAGES) == locale


def test_moments_by_locale() -> None:
    moment = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)
    assert format_moment(moment, "en") == "1 March 2026 14:05 UTC"
    assert format_moment(moment, "sv") == "1 mars 2026 14:05 UTC"


def test_a_text_in_another_language_is_marked() -> None:
    assert mark_language(Localised("A & B", "en"), "sv") == '<span lang="en">A &amp; B</span>'
    assert mark_language(Localised("A & B", "sv"), "sv-FI") == "A &amp; B"
