import pytest

from services.intake.web.help.topics import Segment, fold, list_topics, search
from shared.catalog.loader import load

CATALOG = load()


def paths(segments: tuple[Segment, ...]) -> list[str]:
    return [topic.path for segment in segments for topic in segment.topics]


def test_every_open_path_is_shown_once_in_the_catalogues_order() -> None:
    shown = paths(list_topics(CATALOG, "en"))
    assert sorted(shown) == sorted(category.path for category in CATALOG.listed())
    assert len(shown) == len(set(shown))


def test_the_different_problem_is_last_in_each_list() -> None:
    assert all(segment.topics[-1].path.endswith("/other") for segment in list_topics(CATALOG, "en"))


@pytest.mark.parametrize(
    ("locale", "query", "found"),
    [
        ("en", "password", "account/password"),
        ("en", "  PASSWORD reset ", "account/password"),
        ("sv", "losenord", "account/password"),
        ("sv", "Lösenord", "account/password"),
        ("en", "magento", "business/buyable-pins"),
        ("en", "receipt", "billing/receipt"),
    ],
)
def test_a_search_finds_by_title_and_help_whatever_the_case_and_accents(locale: str, query: str, found: str) -> None:
    assert found in paths(search(list_topics(CATALOG, locale), query))


def test_every_word_must_be_there() -> None:
    assert paths(search(list_topics(CATALOG, "en"), "password magento")) == []


def test_no_query_shows_everything() -> None:
    topics = list_topics(CATALOG, "en")
    assert search(topics, "  ") == topics


def test_fold() -> None:
    assert fold("LÖSENORD Éclair") == "losenord eclair"
