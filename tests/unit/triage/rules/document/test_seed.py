"""The seed ruleset decides as catalogue and teams agreed."""

from datetime import timedelta

import pytest

from services.triage.rules.document.parse import parse_document
from services.triage.rules.document.seed import seed_document
from services.triage.rules.document.vocabulary import vocabulary_of
from services.triage.rules.engine.compile import CompiledRuleset, compile_ruleset
from services.triage.rules.engine.decide import decide
from services.triage.rules.lint.lint import lint_text
from shared.catalog import loader
from shared.conditions import Vocabulary
from tests.unit.triage.rules.samples import DEFAULT_TEAMS, NOW, SEED, VOCABULARY, facts


@pytest.fixture(scope="module")
def seed() -> CompiledRuleset:
    read, errors = parse_document(seed_document(), VOCABULARY)
    assert read is not None, errors
    return compile_ruleset(read)


def test_it_has_no_error_and_no_finding() -> None:
    assert lint_text(SEED.read_text(encoding="utf-8"), VOCABULARY) == []


def test_it_speaks_of_what_the_catalogue_has() -> None:
    vocabulary: Vocabulary = vocabulary_of(loader.load(), DEFAULT_TEAMS)
    assert lint_text(SEED.read_text(encoding="utf-8"), vocabulary) == []
    # The samples have one path more, whose name begins another's without standing above it.
    assert vocabulary.categories == VOCABULARY.categories - {"business/buyable"}


@pytest.mark.parametrize(
    ("ticket", "team", "priority", "tags", "within"),
    [
        ({"category": "account/feed"}, "account", "normal", (), "24h"),
        ({"category": "business/other"}, "business", "normal", (), "24h"),
        ({"category": "ads/metrics"}, "ads", "normal", (), "8h"),
        ({"category": "billing/receipt"}, "billing", "normal", (), "8h"),
        ({"category": "ads/getting-started", "country": "SE"}, "ads", "low", ("waitlist-international",), "8h"),
        ({"category": "ads/getting-started", "country": "US"}, "ads", "normal", (), "8h"),
        ({"category": "ads/getting-started"}, "ads", "normal", (), "8h"),
        ({"category": "business/buyable-pins", "country": "SE"}, "business", "low", ("waitlist-buyable-pins",), "24h"),
        (
            {"category": "business/buyable-pins", "details": {"shop_platform": "other"}},
            "business",
            "low",
            ("waitlist-buyable-pins",),
            "24h",
        ),
        (
            {"category": "business/buyable-pins", "country": "US", "details": {"shop_platform": "shopify"}},
            "business",
            "normal",
            (),
            "24h",
        ),
        (
            {"category": "account/close", "details": {"closed_on": "2026-11-12"}},
            "account",
            "high",
            ("closing-14-days",),
            "24h",
        ),
        ({"category": "account/close"}, "account", "normal", (), "24h"),
        (
            {"category": "billing/card-declined", "details": {"card_country": "SE"}},
            "billing",
            "low",
            ("unsupported-country",),
            "8h",
        ),
        ({"category": "billing/card-declined", "details": {"card_country": "GB"}}, "billing", "normal", (), "8h"),
        ({"category": "billing/card-declined", "details": {}}, "billing", "normal", (), "8h"),
        (
            {"category": "billing/card-declined", "details": {"card_country": "IE", "card_type": "prepaid"}},
            "billing",
            "low",
            ("prepaid-card",),
            "8h",
        ),
        ({"category": "account/login", "message": "I was hacked!"}, "account", "urgent", ("security",), "1h"),
        (
            {"category": "account/safe-mode", "subject": "Kontot är KAPAT", "message": "hej"},
            "account",
            "urgent",
            ("security",),
            "1h",
        ),
        ({"category": "account/feed", "message": "I was hacked!"}, "account", "normal", (), "24h"),
        ({"category": "account/login", "message": "a hackathon"}, "account", "normal", (), "24h"),
        ({"category": "business/analytics", "message": "Var är fakturan?"}, "billing", "normal", (), "8h"),
        ({"category": "business/analytics", "message": "no receipt came"}, "billing", "normal", (), "8h"),
        ({"category": "ads/metrics", "message": "no receipt came"}, "ads", "normal", (), "8h"),
    ],
)
def test_routing(
    seed: CompiledRuleset, ticket: dict[str, object], team: str, priority: str, tags: tuple[str, ...], within: str
) -> None:
    decision = decide(seed, facts(**ticket))  # type: ignore[arg-type]
    assert (decision.team, decision.priority, decision.tags, decision.respond_within) == (team, priority, tags, within)
    assert not decision.held


@pytest.mark.parametrize(
    ("category", "days", "appeal"),
    [("ads/disapproved", 6, True), ("ads/disapproved", 8, False), ("ads/other", 1, False)],
)
def test_a_second_disapproved_ad_within_a_week_is_an_appeal(
    seed: CompiledRuleset, category: str, days: int, appeal: bool
) -> None:
    earlier = {"category": category, "submitted_at": (NOW - timedelta(days=days)).isoformat()}
    decision = decide(seed, facts("ads/disapproved", earlier_tickets=[earlier]))
    assert (decision.tags == ("appeal",)) is appeal
    assert (decision.priority == "high") is appeal


def test_any_path_waits_for_its_evidence(seed: CompiledRuleset) -> None:
    for category in VOCABULARY.categories:
        assert decide(seed, facts(category, missing_evidence=["pin_url"])).held
        assert not decide(seed, facts(category)).held
