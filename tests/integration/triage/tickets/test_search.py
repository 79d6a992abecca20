"""Search by all words, newest first, in the searcher's teams."""

import pytest

from services.triage.lists.filters import Wanted
from services.triage.lists.search_tickets import search_tickets
from services.triage.timers.fill_search import fill_search
from tests.integration.triage.conftest import People, Triage, submitted


@pytest.fixture
def found(triage: Triage) -> list[str]:
    """References, oldest first: three of ads (two paths) and one of billing, all with the word "lantern"."""
    submissions = [
        submitted(path, message=f"My lantern is broken, number{n}")
        for n, path in enumerate(("ads/metrics", "ads/metrics", "ads/other", "billing/cost"))
    ]
    triage.take(*submissions)
    _fill(triage)
    return [str(submission.ticket) for submission in submissions]


def _fill(triage: Triage) -> None:
    with triage.engine.begin() as connection:
        fill_search(connection)


def _search(triage: Triage, words: str, *teams: str, category: str | None = None, limit: int = 50) -> list[str]:
    with triage.engine.begin() as connection:
        rows = search_tickets(connection, words, Wanted(teams, category=category, limit=limit))
    return [row.reference for row in rows]


def test_a_common_word_finds_the_newest_tickets_of_the_team(triage: Triage, found: list[str]) -> None:
    assert _search(triage, "lanterns", "ads") == found[2::-1]
    assert _search(triage, "lantern", "ads", limit=1) == [found[2], found[1]]
    assert _search(triage, "lantern", "billing", "ads") == found[::-1]
    assert _search(triage, "lantern", category="ads/metrics") == []


def test_a_rare_word_finds_its_ticket(triage: Triage, found: list[str]) -> None:
    assert _search(triage, "lant number1", "ads") == [found[1]]
    assert _search(triage, "number3", "ads") == []
    assert _search(triage, "number1 number2", "ads") == []


def test_results_are_filtered_by_category(triage: Triage, found: list[str]) -> None:
    assert _search(triage, "lantern", "ads", category="ads/metrics") == found[1::-1]


def test_the_words_for_team_and_category_are_not_found(triage: Triage, found: list[str]) -> None:
    assert _search(triage, "=ads", "ads") == []
    assert _search(triage, "#ads/metrics", "ads") == []


def test_a_transferred_ticket_is_found_in_its_new_team(triage: Triage, found: list[str], people: People) -> None:
    body = {"team": "billing", "cause": "wrong_team", "reason": "Theirs, says the invoice."}
    people("agent", "ads").post(f"/v1/tickets/{found[0]}/transfer", body, 200)
    _fill(triage)
    assert _search(triage, "number0", "billing") == [found[0]]
    assert _search(triage, "number0", "ads") == []


def test_the_replies_of_agents_are_found(triage: Triage, found: list[str], people: People) -> None:
    people("agent", "ads").post(f"/v1/tickets/{found[0]}/replies", {"message": "Unplug the wicks."}, 201)
    _fill(triage)
    assert _search(triage, "wick", "ads") == [found[0]]


@pytest.mark.parametrize(
    ("words", "index"),
    [
        ("hundar", 0),  # Swedish: "hundarna" and "hundar" have one stem
        ("hundarnas foder", 0),
        ("running", 1),  # English: "ran" has none in common, "runs" has
        ("Åsa", 0),
        ("åsa.berg@exempel.se", 0),
        ("ÅSA.BERG@EXEMPEL.SE", 0),
        ("exempel", 0),  # the middle of an address
        ("ber", 0),  # the beginning of a word
    ],
)
def test_swedish_and_english_forms_prefixes_and_addresses_are_found(triage: Triage, words: str, index: int) -> None:
    submissions = [
        submitted(message="Hundarna får inget foder", email="Åsa.Berg@exempel.se", name="Åsa"),
        submitted(message="The counter runs backwards", email="bo@example.com", name="Bo"),
    ]
    triage.take(*submissions)
    _fill(triage)
    assert _search(triage, words, "ads") == [str(submissions[index].ticket)]


def test_a_reference_is_found_in_lower_case_and_by_its_beginning(triage: Triage) -> None:
    reference = triage.submit()
    for query in (reference, reference.lower(), f"  {reference} ", reference[:6], reference[:7]):
        assert _search(triage, query, "ads") == [reference]
    assert _search(triage, reference, "billing") == []
    assert _search(triage, "T-%", "ads") == []


@pytest.mark.parametrize("words", ["1e5x", "x 1e5", "1e5x lamp"])
def test_a_word_that_postgres_splits_is_found(triage: Triage, words: str) -> None:
    reference = triage.submit(message="The lamp 1e5x is broken")
    triage.submit(message="The lamp 1e5 is broken")
    _fill(triage)
    assert _search(triage, words, "ads") == [reference]
