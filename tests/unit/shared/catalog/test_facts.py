"""The catalogue against the table of facts, repeated here."""

import pytest

from shared.catalog import Catalog, check, help_html

URL, EMAIL, DATE, MONTH, TEXT, COUNTRY = "url", "email", "date", "month", "text", "country"
NO_EVIDENCE: dict[str, object] = {}
IS_MAGENTO = {"field": "details.shop_platform", "is": "magento"}
UNLESS_BOARD = {"none": [{"field": "details.removed_kind", "is": "board"}]}
PROBLEMS_OF_ANALYTICS = ("no_data", "no_access", "missing_pins", "other")
PROBLEMS_OF_RICH_PINS = ("not_validating", "wrong_information", "price", "recipe", "other")
SHOP: dict[str, object] = {"shop_platform": ("shopify", "demandware", "magento", "other"), "shop_url": URL}
COMPLIANCE: dict[str, object] = {"compliance_document": (("pdf",), "required", None, IS_MAGENTO)}
CONTEXT: dict[str, object] = {"context": (("text",), "optional", None, None)}

# path: (fields: a type, or the options of a choice; evidence: accepts, requirement, group, when)
FACTS: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    "account/password": ({"account_email": EMAIL}, NO_EVIDENCE),
    "account/login": (
        {"login_method": ("email", "facebook", "twitter", "google", "apple"), "account_email": EMAIL},
        NO_EVIDENCE,
    ),
    "account/safe-mode": ({"account_email": EMAIL}, NO_EVIDENCE),
    "account/close": ({"closed_on": DATE}, NO_EVIDENCE),
    "account/content-missing": ({"account_email": EMAIL}, NO_EVIDENCE),
    "account/feed": ({}, NO_EVIDENCE),
    "account/content-removed": (
        {"removed_kind": ("pin", "board")},
        {
            "removed_link": (("link",), "any_of", "removed_content", UNLESS_BOARD),
            "screenshot": (("image",), "any_of", "removed_content", UNLESS_BOARD),
            **CONTEXT,
        },
    ),
    "account/suspended": ({"account_email": EMAIL}, CONTEXT),
    "account/username": ({}, NO_EVIDENCE),
    "account/other": ({}, NO_EVIDENCE),
    "business/pin-button": ({"site_url": URL}, NO_EVIDENCE),
    "business/widget": ({"page_url": URL}, NO_EVIDENCE),
    "business/site-trouble": ({"site_url": URL}, NO_EVIDENCE),
    "business/analytics": ({"problem": PROBLEMS_OF_ANALYTICS, "converted_on": DATE}, NO_EVIDENCE),
    "business/rich-pins": (
        {"page_url": URL, "kind": ("product", "recipe", "article", "app"), "problem": PROBLEMS_OF_RICH_PINS},
        NO_EVIDENCE,
    ),
    "business/buyable-pins": (SHOP, COMPLIANCE),
    "business/buyable-pins/status": (SHOP, COMPLIANCE),
    "business/blocked-link": (
        {},
        {"site_url": (("link",), "required", None, None), "pin_url": (("link",), "required", None, None)},
    ),
    "business/other": ({}, NO_EVIDENCE),
    "ads/pin-not-listed": ({"pin_url": URL}, NO_EVIDENCE),
    "ads/loading": ({"browser": TEXT}, NO_EVIDENCE),
    "ads/getting-started": ({}, NO_EVIDENCE),
    "ads/metrics": ({}, NO_EVIDENCE),
    "ads/disapproved": ({"ad_url": URL}, NO_EVIDENCE),
    "ads/other": ({}, NO_EVIDENCE),
    "billing/card-declined": ({"card_country": COUNTRY, "card_type": ("credit", "debit", "prepaid")}, NO_EVIDENCE),
    "billing/cost": ({}, NO_EVIDENCE),
    "billing/receipt": ({"invoice_month": MONTH}, NO_EVIDENCE),
    "billing/other": ({}, NO_EVIDENCE),
}
REASONS = {
    "ads": {
        "excessive_hashtags",
        "price_in_image_or_description",
        "promotional_material",
        "excessive_symbols_or_grammar",
        "irrelevant_targeting",
    },
    "buyable_pins": {
        "unsupported_platform",
        "region_not_supported",
        "missing_compliance_document",
        "incomplete_compliance_document",
        "merchant_terms",
        "shop_not_reviewable",
    },
    "content": {"still_violates_policy", "evidence_insufficient"},
}
# What the help must speak of, as words of its English text (a link by its address).
HELP = {
    "account/password": ["hint", "junk", "pinly.example"],
    "account/login": ["reset_password"],
    "account/safe-mode": ["suspicious", "reset_password", "junk", "pinly.example", "hint", "Facebook or Twitter"],
    "account/close": ["deactivate", "reason", "very bottom", "log_in", "14 days", "reset_password"],
    "account/content-missing": ["second account", "Log out", "hint", "reset_password"],
    "account/feed": ["Unfollow", "boards", "feedback", "Promoted"],
    "account/content-removed": ["content_policy", "secret boards", "repins", "Appeal", "link to the Pin itself"],
    "account/suspended": ["junk", "Appeal", "Write to us"],
    "business/pin-button": ["WordPress", "HTML", "assets.pinly.example/js/button.js", "support", "widget_builder"],
    "business/widget": ["widget_builder", "mend"],
    "business/site-trouble": ["slow", "web host or developer"],
    "business/analytics": [
        "48 hours",
        "after the conversion",
        "30 days",
        "Download",
        "followers",
        "convert_to_business",
    ],
    "business/rich-pins": ["kind", "validate", "meta tags", "Rescrape", "every Pin", "microformat v2"],
    "business/buyable-pins": [
        *["select", "United States", "Shopify", "Demandware", "buyable_waitlist", "We write to you", "Magento", "AoC"],
        *["buyable_policies", "merchant_terms", "usual reasons", "buyable_on_shopify", "buyable_guidelines"],
    ],
    "business/buyable-pins/status": ["in review", "approved", "AoC", "Send us the completed one here"],
    "business/blocked-link": ["spammy or unsafe", "whole website", "shortener", "redirector", "official button"],
    "ads/pin-not-listed": ["eligible"],
    "ads/loading": ["ad blockers"],
    "ads/getting-started": [
        "United States",
        "ads_waitlist",
        "international IP addresses",
        "never look it up",
        "ad_videos",
    ],
    "ads/metrics": ["Impressions", "Clicks"],
    "ads/disapproved": ["pinly.example", "five usual reasons", "Edit the Pin", "ad_rules"],
    "billing/card-declined": ["United States", "United Kingdom", "Ireland", "Canada", "prepaid"],
    "billing/cost": ["no minimum", "audience", "bid"],
    "billing/receipt": ["billing address on file", "Each time we charge"],
}


def test_the_paths_are_those_of_the_table_in_its_order(catalog: Catalog) -> None:
    assert list(catalog.categories) == list(FACTS)


@pytest.mark.parametrize("path", FACTS)
def test_a_path_has_exactly_its_fields_and_evidence(catalog: Catalog, path: str) -> None:
    category = catalog.categories[path]
    fields = {
        field.name: tuple(option.value for option in field.options) if field.type == "choice" else field.type
        for field in category.fields
    }
    evidence = {slot.id: (slot.accepts, slot.requirement, slot.group, slot.when_document) for slot in category.evidence}

    assert (fields, evidence) == FACTS[path]


def test_only_the_shop_platform_is_a_required_field(catalog: Catalog) -> None:
    required = [(path, f.name) for path, category in catalog.categories.items() for f in category.fields if f.required]

    assert required == [("business/buyable-pins", "shop_platform"), ("business/buyable-pins/status", "shop_platform")]


def test_country_is_asked_only_where_the_table_has_it(catalog: Catalog) -> None:
    asking = [path for path, category in catalog.categories.items() if category.asks_country]

    assert asking == ["business/buyable-pins", "ads/getting-started"]


def test_only_the_site_of_a_blocked_link_refuses_shorteners(catalog: Catalog) -> None:
    refusing = [
        (p, slot.id)
        for p, category in catalog.categories.items()
        for slot in category.evidence
        if slot.refuses_shorteners
    ]

    assert refusing == [("business/blocked-link", "site_url")]


def test_the_reasons_are_those_of_the_facts(catalog: Catalog) -> None:
    by_group: dict[str, set[str]] = {}
    for code, reason in catalog.reasons.items():
        by_group.setdefault(reason.group, set()).add(code)

    assert by_group == REASONS


@pytest.mark.parametrize("path", HELP)
def test_the_help_carries_its_facts(catalog: Catalog, path: str) -> None:
    html = help_html(catalog.categories[path], "en")

    assert [words for words in HELP[path] if words not in html] == []


@pytest.mark.parametrize("path", FACTS)
def test_every_path_helps_in_swedish_without_falling_back(catalog: Catalog, path: str) -> None:
    html = help_html(catalog.categories[path], "sv")

    assert html
    assert "lang=" not in html


def test_the_check_finds_nothing_in_our_catalogue(catalog: Catalog) -> None:
    assert check(catalog) == []


def test_the_hint_beside_the_username_is_the_path_about_it(catalog: Catalog) -> None:
    assert catalog.username_help == "account/username"
    assert catalog.number == 1


def test_the_links_of_the_demo_lead_to_pages_of_our_own(catalog: Catalog) -> None:
    assert {key: href for key, href in catalog.links.items() if href != f"/demo-links/{key}"} == {}
