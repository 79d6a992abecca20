"""What is missing, what was refused, what is not asked for."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalog import Catalog, Category, asked_evidence, load, missing_evidence, refused_evidence

Find = Callable[[str], Category]
BOTH = ("removed_link", "screenshot")
CATALOG = load()


@pytest.mark.parametrize(
    ("details", "files", "missing"),
    [
        pytest.param({}, [], BOTH, id="an unfilled any_of group lists all its ids"),
        pytest.param({"removed_kind": "pin"}, [], BOTH, id="for a Pin it is asked"),
        pytest.param({"removed_kind": "board"}, [], (), id="for a board it is not"),
        pytest.param({"removed_link": "https://example.com/a"}, [], (), id="a link alone fills the group"),
        pytest.param({"removed_link": "HTTP://example.com"}, [], (), id="http in capitals is a link"),
        pytest.param({}, ["image/png"], (), id="a png alone fills the group"),
        pytest.param({}, ["image/gif"], (), id="so does a gif"),
        pytest.param({}, ["image/jpeg"], (), id="so does a jpeg"),
        pytest.param({}, ["application/pdf"], BOTH, id="a pdf is no image"),
        pytest.param({}, ["application/pdf", "image/png"], (), id="one of several files is enough"),
        pytest.param({"removed_link": "in my garden"}, [], BOTH, id="words are no link"),
        pytest.param({"removed_link": "javascript:alert(1)"}, [], BOTH, id="a script is no link"),
        pytest.param({"removed_link": "ftp://example.com/a"}, [], BOTH, id="ftp is no link"),
        pytest.param({"removed_link": "  "}, [], BOTH, id="blank is nothing"),
        pytest.param({"removed_link": 5}, [], BOTH, id="a number is nothing"),
        pytest.param({"cannot_provide": ["screenshot"]}, [], ("removed_link",), id="the refused one is not missing"),
        pytest.param({"cannot_provide": list(BOTH)}, [], (), id="with all refused nothing is missing"),
        pytest.param(
            {"cannot_provide": "screenshot"}, [], BOTH, id="cannot_provide that is no list counts for nothing"
        ),
        pytest.param({"context": "see below"}, [], BOTH, id="optional evidence fills no group"),
    ],
)
def test_a_group_of_which_any_will_do(
    category: Find, details: dict[str, object], files: list[str], missing: tuple[str, ...]
) -> None:
    assert missing_evidence(category("account/content-removed"), details, files) == missing


@pytest.mark.parametrize(
    ("details", "files", "missing"),
    [
        pytest.param({"shop_platform": "magento"}, [], ("compliance_document",), id="asked for Magento"),
        pytest.param({"shop_platform": "shopify"}, [], (), id="not asked for Shopify"),
        pytest.param({}, [], (), id="not asked while the platform is unknown"),
        pytest.param({"shop_platform": "magento"}, ["application/pdf"], (), id="a pdf fills it"),
        pytest.param({"shop_platform": "magento"}, ["image/png"], ("compliance_document",), id="an image does not"),
        pytest.param(
            {"shop_platform": "magento", "compliance_document": "https://example.com/aoc.pdf"},
            [],
            ("compliance_document",),
            id="nor a link",
        ),
    ],
)
def test_a_document_asked_for_on_one_condition(
    category: Find, details: dict[str, object], files: list[str], missing: tuple[str, ...]
) -> None:
    assert missing_evidence(category("business/buyable-pins"), details, files) == missing


def test_each_required_slot_is_missing_by_itself(category: Find) -> None:
    blocked = category("business/blocked-link")

    assert missing_evidence(blocked, {}, []) == ("site_url", "pin_url")
    assert missing_evidence(blocked, {"pin_url": "https://pinly.example/pin/1"}, ["image/png"]) == ("site_url",)


def test_optional_evidence_is_never_missing(category: Find) -> None:
    assert missing_evidence(category("account/suspended"), {}, []) == ()


def test_text_fills_a_slot_for_text(with_category: Callable[[str], Catalog]) -> None:
    story = with_category("evidence: [{id: story, label: {en: a}, accepts: [text, link], requirement: required}]")
    broken = story.categories["things/broken"]

    assert missing_evidence(broken, {"story": " \n"}, []) == ("story",)
    assert missing_evidence(broken, {"story": "once"}, []) == ()


def test_two_groups_are_filled_apart(with_category: Callable[[str], Catalog]) -> None:
    slot = "{{id: {0}, label: {{en: a}}, accepts: [link], requirement: any_of, group: {1}}}"
    slots = ", ".join(slot.format(name, group) for name, group in [("a", "x"), ("b", "x"), ("c", "y"), ("d", "y")])
    broken = with_category(f"evidence: [{slots}]").categories["things/broken"]

    assert missing_evidence(broken, {"b": "https://example.com"}, []) == ("c", "d")


@pytest.mark.parametrize(
    ("details", "files", "refused"),
    [
        pytest.param({"cannot_provide": ["screenshot"]}, [], ("screenshot",), id="what is missing"),
        pytest.param({"cannot_provide": ["screenshot"]}, ["image/png"], (), id="not what came after all"),
        pytest.param(
            {"cannot_provide": ["screenshot"], "removed_link": "https://a.example"}, [], (), id="not of a filled group"
        ),
        pytest.param({"cannot_provide": ["context"]}, [], (), id="not what is optional"),
        pytest.param({"cannot_provide": ["screenshot"], "removed_kind": "board"}, [], (), id="not what is not asked"),
        pytest.param({}, [], (), id="nothing by itself"),
    ],
)
def test_refused_evidence_is_what_would_be_missing(
    category: Find, details: dict[str, object], files: list[str], refused: tuple[str, ...]
) -> None:
    assert refused_evidence(category("account/content-removed"), details, files) == refused


def test_what_the_condition_does_not_ask_for_is_not_shown(category: Find) -> None:
    removed = category("account/content-removed")

    assert [slot.id for slot in asked_evidence(removed, {"removed_kind": "board"})] == ["context"]
    assert [slot.id for slot in asked_evidence(removed, {})] == ["removed_link", "screenshot", "context"]


_DETAILS = st.dictionaries(
    st.sampled_from(
        ["removed_kind", "removed_link", "site_url", "pin_url", "shop_platform", "cannot_provide", "context"]
    ),
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(["board", "magento", "https://example.com"]),
        st.lists(st.sampled_from([*BOTH, "site_url", "compliance_document"])),
        st.none(),
        st.integers(),
    ),
)
_FILES = st.lists(st.sampled_from(["image/png", "image/gif", "application/pdf"]), max_size=2)


@given(path=st.sampled_from(sorted(CATALOG.categories)), details=_DETAILS, files=_FILES)
def test_missing_and_refused_never_overlap_and_more_files_never_miss_more(
    path: str, details: dict[str, object], files: list[str]
) -> None:
    category = CATALOG.categories[path]
    missing = missing_evidence(category, details, files)

    assert not set(missing) & set(refused_evidence(category, details, files))
    assert set(missing) <= {slot.id for slot in asked_evidence(category, details) if slot.requirement != "optional"}
    assert set(missing_evidence(category, details, [*files, "image/png"])) <= set(missing)
