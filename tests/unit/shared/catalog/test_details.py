"""Each error in `details`, and what is stored of them."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalog import Catalog, Category, detail_errors, load, normalised_details
from shared.catalog.details import MESSAGES

Find = Callable[[str], Category]
CATALOG = load()
SHOP = "business/buyable-pins"
REMOVED = "account/content-removed"
BLOCKED = "business/blocked-link"


@pytest.mark.parametrize(
    ("path", "details", "key", "begins"),
    [
        pytest.param("account/feed", {"nonsense": "x"}, "nonsense", "This topic has no such", id="an unknown name"),
        pytest.param(
            "account/feed", {"account_email": "a@b.se"}, "account_email", "This topic", id="another path's name"
        ),
        pytest.param(SHOP, {}, "shop_platform", "Fill in “Which platform", id="a required field left out"),
        pytest.param(SHOP, {"shop_platform": "  "}, "shop_platform", "Fill in", id="a required field left blank"),
        pytest.param(SHOP, {"shop_platform": None}, "shop_platform", "Fill in", id="a required field that is null"),
        pytest.param(
            SHOP, {"shop_platform": "wix"}, "shop_platform", "Choose one of: shopify, dem", id="no such choice"
        ),
        pytest.param(
            "billing/card-declined", {"card_country": "XX"}, "card_country", "Give the country", id="no country"
        ),
        pytest.param("account/close", {"closed_on": "2026-02-30"}, "closed_on", "Write the date", id="no such day"),
        pytest.param(
            "account/close", {"closed_on": "20260201"}, "closed_on", "Write the date", id="a day without dashes"
        ),
        pytest.param(
            "account/close", {"closed_on": "1/2/2026"}, "closed_on", "Write the date", id="a day with slashes"
        ),
        pytest.param(
            "billing/receipt", {"invoice_month": "2026-13"}, "invoice_month", "Write the month", id="no month"
        ),
        pytest.param(
            "billing/receipt", {"invoice_month": "2026-3"}, "invoice_month", "Write the m", id="a short month"
        ),
        pytest.param("ads/disapproved", {"ad_url": "example.com"}, "ad_url", "Enter the whole", id="no scheme"),
        pytest.param("ads/disapproved", {"ad_url": "javascript:alert(1)"}, "ad_url", "Enter the whole", id="a script"),
        pytest.param(
            "ads/disapproved", {"ad_url": "https://a.se/" + "x" * 2_036}, "ad_url", "Keep this", id="a long URL"
        ),
        pytest.param("account/login", {"account_email": "anna"}, "account_email", "Enter an e-mail", id="no e-mail"),
        pytest.param("ads/loading", {"browser": "x" * 2_001}, "browser", "Keep this to at most 2000", id="a long text"),
        pytest.param("ads/loading", {"browser": 5}, "browser", "This must be text", id="a number"),
        pytest.param("ads/loading", {"browser": ["x"]}, "browser", "This must be text", id="a list"),
        pytest.param("ads/loading", {"browser": "a\x00b"}, "browser", "This holds characters", id="a NUL"),
        pytest.param("ads/loading", {"browser": "\ud800"}, "browser", "This holds characters", id="half a character"),
        pytest.param(REMOVED, {"screenshot": "a.png"}, "screenshot", "Send this as a file", id="a file sent as text"),
        pytest.param(REMOVED, {"context": 1}, "context", "This must be text", id="evidence that is a number"),
        pytest.param(REMOVED, {"context": "x" * 2_001}, "context", "Keep this to", id="evidence that is too long"),
        pytest.param(REMOVED, {"cannot_provide": "screenshot"}, "cannot_provide", "Give a list", id="no list of ids"),
        pytest.param(REMOVED, {"cannot_provide": [1]}, "cannot_provide", "Give a list", id="ids that are numbers"),
        pytest.param(REMOVED, {"cannot_provide": ["x"]}, "cannot_provide", "Name only what", id="an unknown id"),
        pytest.param(
            "account/feed", {"cannot_provide": ["x"]}, "cannot_provide", "This topic asks", id="nothing is asked"
        ),
        pytest.param(BLOCKED, {"site_url": "https://bit.ly/a"}, "site_url", "bit.ly shortens", id="a shortener"),
        pytest.param(BLOCKED, {"site_url": "http://www.TinyURL.com./a"}, "site_url", "www.tiny", id="its subdomain"),
        pytest.param(BLOCKED, {"site_url": "bit.ly/a"}, "site_url", "bit.ly shortens", id="a shortener without scheme"),
    ],
)
def test_an_error_is_named_at_its_field(
    category: Find, path: str, details: dict[str, object], key: str, begins: str
) -> None:
    errors = detail_errors(category(path), details, "en")

    assert list(errors) == [f"details.{key}"]
    assert len(errors[f"details.{key}"]) == 1
    assert errors[f"details.{key}"][0].startswith(begins)


@pytest.mark.parametrize(
    ("path", "details"),
    [
        pytest.param(BLOCKED, {}, id="missing evidence"),
        pytest.param(BLOCKED, {"site_url": "my blog"}, id="evidence that is no link"),
        pytest.param(BLOCKED, {"site_url": "https://notbit.ly/"}, id="a host that only ends like a shortener"),
        pytest.param(BLOCKED, {"site_url": "https://example.com/bit.ly"}, id="a shortener's name in the path"),
        pytest.param(BLOCKED, {"site_url": "https://a.se", "pin_url": "https://bit.ly/1"}, id="a shortened Pin"),
        pytest.param("business/pin-button", {"site_url": "https://bit.ly/a"}, id="a shortener on another path"),
        pytest.param(SHOP, {"shop_platform": "Shopify"}, id="a choice in capitals"),
        pytest.param("billing/card-declined", {"card_country": "uk"}, id="the United Kingdom as uk"),
        pytest.param("ads/disapproved", {"ad_url": "https://a.se/" + "x" * 2_035}, id="a URL of 2,048 characters"),
        pytest.param("ads/loading", {"browser": "x" * 2_000}, id="a text of 2,000 characters"),
        pytest.param("ads/loading", {"browser": "x" * 2_000 + " \n"}, id="blanks beyond the 2,000"),
        pytest.param("ads/loading", {"browser": ""}, id="an optional field left blank"),
        pytest.param("ads/loading", {"browser": None}, id="an optional field that is null"),
        pytest.param("account/close", {"closed_on": "2024-02-29"}, id="a leap day"),
        pytest.param(REMOVED, {"cannot_provide": ["screenshot", "removed_link"]}, id="refused evidence"),
        pytest.param("account/feed", {"cannot_provide": []}, id="an empty list of refused evidence"),
    ],
)
def test_no_error_in(category: Find, path: str, details: dict[str, object]) -> None:
    assert detail_errors(category(path), details, "en") == {}


def test_all_errors_are_named_at_once(category: Find) -> None:
    errors = detail_errors(category(SHOP), {"shop_url": "x", "a": 1, "cannot_provide": 3}, "en")

    assert set(errors) == {"details.shop_platform", "details.shop_url", "details.a", "details.cannot_provide"}


def test_an_error_message_is_in_swedish(category: Find) -> None:
    errors = detail_errors(category(SHOP), {}, "sv-FI")

    assert errors == {"details.shop_platform": ["Fyll i ”Vilken plattform finns din butik på?”."]}


def test_an_error_falls_back_to_english(category: Find) -> None:
    assert detail_errors(category("account/feed"), {"x": ""}, "de") == {"details.x": ["This topic has no such detail."]}


@pytest.mark.parametrize(
    ("path", "details", "kept"),
    [
        pytest.param("billing/card-declined", {"card_country": " uk "}, {"card_country": "GB"}, id="UK is GB"),
        pytest.param(
            "billing/card-declined", {"card_country": "se"}, {"card_country": "SE"}, id="a country in capitals"
        ),
        pytest.param(SHOP, {"shop_platform": " Magento"}, {"shop_platform": "magento"}, id="a choice by its code"),
        pytest.param("ads/loading", {"browser": "  "}, {}, id="nothing of a blank"),
        pytest.param("ads/loading", {"browser": None}, {}, id="nothing of null"),
        pytest.param(BLOCKED, {"site_url": " https://a.se\n"}, {"site_url": "https://a.se"}, id="evidence trimmed"),
        pytest.param(REMOVED, {"screenshot": "x", "y": "z"}, {}, id="nothing unknown"),
        pytest.param(
            REMOVED,
            {"cannot_provide": ["screenshot", "removed_link", "screenshot"]},
            {"cannot_provide": ["removed_link", "screenshot"]},
            id="refused evidence once each, in the catalogue's order",
        ),
        pytest.param(REMOVED, {"cannot_provide": []}, {}, id="no empty list of refused evidence"),
    ],
)
def test_kept(category: Find, path: str, details: dict[str, object], kept: dict[str, object]) -> None:
    assert normalised_details(category(path), details) == kept


def test_every_message_has_its_text(catalog: Catalog) -> None:
    assert set(catalog.detail_rules.messages) == MESSAGES


_NAMES = [*sorted({name.name for c in CATALOG.categories.values() for name in c.fields}), "site_url", "cannot_provide"]
_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=3)


@given(
    path=st.sampled_from(sorted(CATALOG.categories)),
    details=st.dictionaries(st.sampled_from(_NAMES) | st.text(), _JSON, max_size=4),
)
def test_any_details_get_an_answer_and_what_is_kept_has_no_errors(path: str, details: dict[str, object]) -> None:
    category = CATALOG.categories[path]
    errors = detail_errors(category, details, "sv")

    assert all(key.startswith("details.") and texts and "%(" not in texts[0] for key, texts in errors.items())
    if not errors:
        kept = normalised_details(category, details)
        assert detail_errors(category, kept, "sv") == {}
        assert normalised_details(category, kept) == kept
