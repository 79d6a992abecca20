"""The draft that the misroute report leads to."""

from typing import Any

from services.triage.reports.misroute_draft import misroute_draft
from services.triage.rules.document import parse_document
from services.triage.rules.seed import seed_document
from services.triage.rules.vocabulary import vocabulary_of
from shared.catalog import load
from shared.settings import DEFAULT_TEAMS


def _ids(document: dict[str, Any]) -> list[str]:
    return [rule["id"] for rule in document["rules"]]


def test_it_stands_before_the_rule_that_placed_them() -> None:
    draft = misroute_draft(seed_document(), "business/other", "business-invoice", ["widget"], "business")
    place = _ids(draft).index("business-other-to-business")
    assert _ids(draft)[place + 1] == "business-invoice"
    assert draft["rules"][place]["when"] == {
        "all": [{"field": "category", "is": "business/other"}, {"field": "text", "contains_any": ["widget"]}]
    }


def test_it_stands_last_where_no_rule_placed_them_and_has_an_id_of_its_own() -> None:
    draft = misroute_draft(seed_document(), "ads/metrics", None, [], "billing")
    again = misroute_draft(draft, "ads/metrics", None, [], "billing")
    assert _ids(again)[-2:] == ["ads-metrics-to-billing", "ads-metrics-to-billing-2"]
    assert parse_document(again, vocabulary_of(load(), DEFAULT_TEAMS))[1] == []
    assert "ads-metrics-to-billing" not in _ids(dict(seed_document()))
