"""The rule that the misroute report drafts."""

from typing import Any

from services.triage.reports.draft_rule import draft_rule
from services.triage.rules.document.seed import seed_document
from services.triage.rules.document.vocabulary import vocabulary_of
from services.triage.rules.lint.lint import lint
from shared.catalog import load
from shared.settings import DEFAULT_TEAMS

VOCABULARY = vocabulary_of(load(), DEFAULT_TEAMS)


def _ids(document: dict[str, Any]) -> list[str]:
    return [rule["id"] for rule in document["rules"]]


def test_the_rule_comes_before_the_rule_that_routed_the_tickets() -> None:
    draft = draft_rule(seed_document(), "business/other", "business-invoice", ["widget"], "business")
    position = _ids(draft.document).index("business-other-to-business")
    assert _ids(draft.document)[position + 1] == "business-invoice"
    assert (draft.position, draft.replaces, draft.document["rules"][position]) == (position, False, draft.rule)
    assert draft.rule["when"] == {
        "all": [{"field": "category", "is": "business/other"}, {"field": "text", "contains_any": ["widget"]}]
    }


def test_the_rule_comes_last_if_no_rule_routed_the_tickets_and_has_a_new_id() -> None:
    draft = draft_rule(seed_document(), "ads/metrics", None, [], "billing").document
    again = draft_rule(draft, "ads/metrics", None, ["invoice"], "billing").document
    assert _ids(again)[-2:] == ["ads-metrics-to-billing", "ads-metrics-to-billing-2"]
    assert lint(draft, VOCABULARY) == []
    assert "ads-metrics-to-billing" not in _ids(dict(seed_document()))


def test_the_rule_comes_first_if_the_rule_that_routed_the_tickets_is_gone() -> None:
    draft = draft_rule(seed_document(), "ads/metrics", "long-gone", ["invoice"], "billing")
    assert _ids(draft.document)[0] == "ads-metrics-to-billing"


def test_a_rule_that_matches_exactly_these_tickets_gets_the_other_team() -> None:
    mine = {"id": "m", "when": {"field": "category", "is": "ads/metrics"}, "then": {"team": "ads", "tags": ["x"]}}
    document = {**seed_document(), "rules": [mine]}
    draft = draft_rule(document, "ads/metrics", "m", [], "billing")
    assert draft.document["rules"] == [{**mine, "then": {"team": "billing", "tags": ["x"]}}]
    assert draft.replaces
    assert lint(draft.document, VOCABULARY) == []
    assert len(draft_rule(document, "ads/metrics", "m", ["invoice"], "billing").document["rules"]) == 2
    assert document["rules"] == [mine]
