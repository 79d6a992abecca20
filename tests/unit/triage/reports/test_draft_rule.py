"""The draft that the misroute report leads to."""

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


def test_it_stands_before_the_rule_that_placed_them() -> None:
    draft = draft_rule(seed_document(), "business/other", "business-invoice", ["widget"], "business")
    position = _ids(draft.document).index("business-other-to-business")
    assert _ids(draft.document)[position + 1] == "business-invoice"
    assert (draft.position, draft.replaces, draft.document["rules"][position]) == (position, False, draft.rule)
    assert draft.rule["when"] == {
        "all": [{"field": "category", "is": "business/other"}, {"field": "text", "contains_any": ["widget"]}]
    }


def test_it_stands_last_where_no_rule_placed_them_and_has_an_id_of_its_own() -> None:
    draft = draft_rule(seed_document(), "ads/metrics", None, [], "billing").document
    again = draft_rule(draft, "ads/metrics", None, ["invoice"], "billing").document
    assert _ids(again)[-2:] == ["ads-metrics-to-billing", "ads-metrics-to-billing-2"]
    assert lint(draft, VOCABULARY) == []
    assert "ads-metrics-to-billing" not in _ids(dict(seed_document()))


def test_it_stands_first_where_the_rule_that_placed_them_is_no_more() -> None:
    draft = draft_rule(seed_document(), "ads/metrics", "long-gone", ["invoice"], "billing")
    assert _ids(draft.document)[0] == "ads-metrics-to-billing"


def test_a_rule_about_just_these_notes_gets_the_other_team() -> None:
    mine = {"id": "m", "when": {"field": "category", "is": "ads/metrics"}, "then": {"team": "ads", "tags": ["x"]}}
    document = {**seed_document(), "rules": [mine]}
    draft = draft_rule(document, "ads/metrics", "m", [], "billing")
    assert draft.document["rules"] == [{**mine, "then": {"team": "billing", "tags": ["x"]}}]
    assert draft.replaces
    assert lint(draft.document, VOCABULARY) == []
    assert len(draft_rule(document, "ads/metrics", "m", ["invoice"], "billing").document["rules"]) == 2
    assert document["rules"] == [mine]
