"""What routing rules may name."""

from shared.catalog import Catalog, vocabulary


def test_rules_may_name_every_path_detail_and_kind_of_evidence(catalog: Catalog) -> None:
    known = vocabulary(catalog, teams=("ads",))

    assert known.categories == set(catalog.categories)
    assert {"compliance_document", "removed_link", "screenshot", "site_url"} <= known.evidence
    assert known.teams == {"ads"}
    assert known.details["card_type"] == frozenset({"credit", "debit", "prepaid"})
    assert known.details["closed_on"] is None
    assert known.details["removed_link"] is None
    assert "screenshot" not in known.details


def test_a_detail_of_two_paths_has_the_choices_of_both(catalog: Catalog) -> None:
    problem = vocabulary(catalog).details["problem"]

    assert problem is not None
    assert {"no_data", "price", "other"} <= problem
