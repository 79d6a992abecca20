"""The search of topics, in the catalogue that comes with the project and in one of three topics."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from services.intake.help_topics.find_topics import find_topics, suggest_topics
from services.intake.help_topics.topic_index import index_topics
from shared.catalog.loader import load
from tests.topic_ranks import PAGE, page, ranked

CATALOG = load()
INDEXES = {locale: index_topics(CATALOG, locale) for locale in ("en", "sv")}


def paths(query: str, locale: str = "en") -> list[str]:
    return [one.category.path for one in find_topics(INDEXES[locale], query)]


def suggested(text: str, form: str | None = None, locale: str = "en") -> list[str]:
    return [one.category.path for one in suggest_topics(INDEXES[locale], text, form)]


@pytest.mark.parametrize(
    ("table", "size", "least"), [("known_queries", {"en": 34, "sv": 34}, 0.94), ("kept_aside_queries", {}, 0.8)]
)
def test_the_tables_of_queries_are_answered_by_the_first_three(table: str, size: dict[str, int], least: float) -> None:
    queries = ranked(table)
    assert len({query.words for query in queries}) >= 60
    assert {path for query in queries for path in query.topics} <= {one.path for one in CATALOG.listed()}
    for language in ("en", "sv"):
        ours = [query for query in queries if query.language == language]
        assert len(ours) >= size.get(language, 20)
        assert sum(query.answered for query in ours) >= least * len(ours), [q.words for q in ours if not q.answered]


def test_the_page_of_ranks_is_current() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "run make docs"


def misspelt(word: str) -> Iterator[str]:
    """`word` with one slip: a character left out, doubled, wrong, or two changed over."""
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]
        yield word[: at + 1] + word[at:]
        yield word[:at] + "x" + word[at + 1 :]
        yield word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]


@pytest.mark.parametrize(
    ("locale", "query", "path"),
    [
        ("en", "password", "account/password"),
        ("en", "invoice", "billing/receipt"),
        ("en", "shopify", "business/buyable-pins"),
        ("en", "unsubscribe", "account/other"),
        ("sv", "lösenord", "account/password"),
        ("sv", "faktura", "billing/receipt"),
        ("sv", "överklaga", "account/suspended"),
        ("sv", "återbetalning", "billing/other"),
    ],
)
def test_one_slip_is_forgiven_wherever_it_is(locale: str, query: str, path: str) -> None:
    slips = list(misspelt(query))
    assert len(slips) > 20
    assert [slip for slip in slips if path not in paths(slip, locale)[:3]] == []


@pytest.mark.parametrize("query", ["losenord", "LÖSENORD", "lo\u0308senord", "  lösenord  ", "Lösenordet!"])
def test_case_accents_and_forms_do_not_matter(query: str) -> None:
    assert paths(query, "sv")[0] == "account/password"


@pytest.mark.parametrize(
    ("locale", "query", "path"),
    [
        ("en", "unsub", "account/other"),
        ("en", "magen", "business/buyable-pins"),
        ("en", "cards", "billing/card-declined"),
        ("en", "log-in", "account/login"),
        ("en", "log in", "account/login"),
        ("en", "e mail wrong", "account/password"),
        ("en", "can’t log in", "account/login"),
        ("en", "can't log in", "account/login"),
        ("sv", "pinknapp", "business/pin-button"),
        ("sv", "hotellkvitto", "billing/receipt"),
        ("sv", "annonskostnad", "billing/cost"),
        ("en", "faktura", "billing/receipt"),
        ("sv", "invoice", "billing/receipt"),
    ],
)
def test_beginnings_compounds_and_other_languages_are_found(locale: str, query: str, path: str) -> None:
    assert path in paths(query, locale)[:3]


def test_any_word_finds_and_more_words_find_better() -> None:
    assert {"account/password", "business/buyable-pins"} <= set(paths("password magento"))
    assert paths("pin removed")[0] == "account/content-removed"
    assert paths("pin button")[0] == "business/pin-button"
    assert paths("xyzzy receipt")[0] == "billing/receipt"


@pytest.mark.parametrize("query", ["", "   ", "xyzzy", "the", "hello", "?!", "\x00", "<b>xyzzy", "😀"])
def test_nothing_is_found_by_what_means_nothing(query: str) -> None:
    assert paths(query) == []


def test_the_different_problem_comes_after_what_fits_as_much() -> None:
    assert paths("unsubscribe")[:2] == ["account/close", "account/other"]


def test_a_long_text_is_searched_by_its_beginning_and_in_bounded_work() -> None:
    assert paths("receipt " + "word " * 5000)[0] == "billing/receipt"
    assert "billing/receipt" not in paths("word " * 5000 + "receipt")


def test_topics_that_cannot_be_chosen_are_not_found() -> None:
    retired = replace(CATALOG.categories["billing/receipt"], retired=True)
    catalog = replace(CATALOG, categories={**CATALOG.categories, retired.path: retired})
    found = find_topics(index_topics(catalog, "en"), "receipt")
    assert "billing/receipt" not in [one.category.path for one in found]
    assert paths("receipt")[0] == "billing/receipt"


def test_a_message_is_offered_at_most_three_topics_and_never_its_own() -> None:
    text = "Hello, I bought ads last month and I need a receipt for my bookkeeping. Thanks, Anna"
    assert suggested(text)[0] == "billing/receipt"
    assert "billing/receipt" not in suggested(text, "billing/receipt")
    assert len(suggested("pin")) == 3
    assert suggested("Hej! Jag har försökt logga in flera gånger men det går inte. Mvh Anna", locale="sv") == [
        "account/login",
        "account/safe-mode",
    ]


@pytest.mark.parametrize(
    "text", ["", "Hello there", "what is the weather in Paris tomorrow", "something else", "refund"]
)
def test_a_message_is_offered_nothing_that_is_a_guess_or_has_no_help(text: str) -> None:
    assert suggested(text) == []
