"""What rules may name comes from the catalogue."""

from services.triage.rules.document.vocabulary import vocabulary_of
from shared.catalog import loader


def test_paths_details_evidence_and_teams() -> None:
    catalog = loader.load()
    vocabulary = vocabulary_of(catalog, ["ads"])
    assert vocabulary.categories == frozenset(catalog.categories)
    assert vocabulary.teams == {"ads"}
    assert {"compliance_document", "removed_link", "pin_url"} <= vocabulary.evidence
    assert {"business", "business/buyable-pins"} <= vocabulary.branches
    assert vocabulary.segments == {"account", "business", "ads", "billing"}


def test_a_detail_of_two_paths_has_the_choices_of_both_and_written_ones_have_none() -> None:
    details = vocabulary_of(loader.load(), ["ads"]).details
    problems = details["problem"]
    assert problems is not None
    assert {"no_data", "not_validating", "other"} <= problems
    assert details["closed_on"] is None
    assert details["card_country"] is None
    assert details["removed_link"] is None
    assert details["cannot_provide"] is None
