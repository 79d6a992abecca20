from services.intake.web.submission.countries import countries
from shared.catalog.countries import COUNTRIES


def test_every_country_has_a_name_in_every_language() -> None:
    for locale in ("en", "sv"):
        assert {code for code, _ in countries(locale)} == COUNTRIES
        assert all(name != code for code, name in countries(locale))


def test_they_stand_in_the_languages_own_alphabetical_order() -> None:
    assert countries("en")[1][1].startswith("Å")  # Åland, beside Albania
    assert countries("sv")[-1][1].startswith("Ö")
