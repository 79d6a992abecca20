import json

from services.intake.web.submission.evidence_sections import evidence_sections
from shared.catalog.loader import load

CATALOG = load()


def test_slots_of_one_group_share_a_section_and_a_box() -> None:
    group, optional = evidence_sections(CATALOG.categories["account/content-removed"], {})
    assert (group.requirement, [slot.id for slot in group.slots], group.ids) == (
        "any_of",
        ["removed_link", "screenshot"],
        "removed_link screenshot",
    )
    assert (optional.requirement, optional.ids) == ("optional", "context")


def test_what_the_answers_do_not_ask_for_is_not_asked() -> None:
    category = CATALOG.categories["account/content-removed"]
    assert next(section.asked for section in evidence_sections(category, {"removed_kind": "board"})) is False
    assert next(section.asked for section in evidence_sections(category, {"removed_kind": "pin"})) is True


def test_a_condition_that_nothing_met_yet_is_not_asked_but_travels_to_the_page() -> None:
    (section,) = evidence_sections(CATALOG.categories["business/buyable-pins"], {})
    assert section.asked is False
    assert "magento" in json.dumps(json.loads(section.when))


def test_a_box_is_checked_when_all_its_slots_were_refused() -> None:
    group = evidence_sections(CATALOG.categories["account/content-removed"], {})[0]
    assert group.refused({"removed_link", "screenshot"})
    assert not group.refused({"removed_link"})


def test_only_what_is_missing_is_left_of_a_section() -> None:
    (section,) = evidence_sections(CATALOG.categories["business/blocked-link"], {})
    assert section.among(["pin_url"]).ids == "pin_url"
    assert section.names(["pin_url"])
    assert not section.names(["screenshot"])
