"""Words, and a phrase: folded, in any script, also in rows that were written before they were folded."""

import pytest

from services.triage.lists import run_search as search
from services.triage.lists.filters import Wanted
from services.triage.lists.search_tickets import search_references, search_sorted, search_tickets
from services.triage.timers.fill_search import STEP, fill_search
from tests.integration.triage.conftest import People, Triage, person, submitted

MESSAGES = {
    "swedish": "Hundarna på Åsögatan får inget foder",
    "german": "Die Straße ist groß, CAFE\u0301 zu",
    "japanese": "東京都に住んでいます。電池が切れた",
    "chinese": "我的账户被锁定了",
    "korean": "비밀번호를 잊었어요",
    "mixed": "iPhone電池 is empty",
    "address": "My old address was Carl.Ek@example.net (before May).",
    "phrase": "the red lamp of my shop",
    "apart": "the lamp of my red shop",
    "again": "red, the lamp",
}
CASES = {
    "asogatan": {"swedish"},
    "ÅSÖGATAN": {"swedish"},
    "A\u030aso\u0308gatan": {"swedish"},
    "strasse": {"german"},
    "STRAßE": {"german"},
    "café": {"german"},
    "東京": {"japanese"},
    "京都": {"japanese"},
    "住んで": {"japanese"},
    "都": {"japanese"},
    "東都": set(),
    "電池": {"japanese", "mixed"},
    "iphone電池": {"mixed"},
    "账户": {"chinese"},
    "户被锁": {"chinese"},
    "户锁": set(),
    "비밀번호": {"korean"},
    "밀번": {"korean"},
    "carl.ek@example.net": {"address"},
    "CARL.EK@EXAMPLE.NET": {"address"},
    "ek@example.net": {"address"},
    "carl.ek@example.org": set(),
    '"red lamp"': {"phrase"},
    '"Lamp of my"': {"phrase", "apart"},
    '"red lam"': set(),
    "red lamp": {"phrase", "apart", "again"},
    'lamp -"red lamp"': {"apart", "again"},
    '"lamp" -shop': {"again"},
    '"東京都に"': {"japanese"},
    "-red lamp": set(),
    "inget-foder": {"swedish"},
    "foder-inget": set(),
    "!!!": set(),
}


@pytest.fixture
def names(triage: Triage) -> dict[str, str]:
    """The name of each ticket by its reference."""
    made = {name: submitted(message=message, subject=None, name=None) for name, message in MESSAGES.items()}
    triage.take(*made.values())
    _fill(triage)
    return {str(event.ticket): name for name, event in made.items()}


def _fill(triage: Triage) -> None:
    with triage.engine.begin() as connection:
        while fill_search(connection):
            pass


def _search(triage: Triage, query: str) -> list[str]:
    with triage.engine.begin() as connection:
        return [row.reference for row in search_tickets(connection, query, Wanted(["ads"]))]


def test_a_text_that_grows_by_folding_keeps_nobody_from_being_found(people: People, triage: Triage) -> None:
    # A character that folds into four.
    long = "beginning " + " ".join("\ufdf2" * 50 + str(number) for number in range(180))
    first = triage.submit(message=long)
    for _ in range(19):
        triage.follow_up(first, message=long)
    second = triage.submit(message="My lamp is broken")
    with triage.engine.begin() as connection:
        assert not fill_search(connection)
    agent = people("agent", "ads")
    assert [one["reference"] for one in agent.get("/v1/tickets?q=lamp")["items"]] == [second]
    assert [one["reference"] for one in agent.get("/v1/tickets?q=beginning")["items"]] == [first]


def test_words_that_the_database_refuses_are_left_out_alone(people: People, triage: Triage) -> None:
    refused, found = triage.submit(message="lamp"), triage.submit(message="lamp")
    condition = f"ticket <> '{refused}' or not vector @@ 'lamp'::tsquery"
    triage.rows(f"alter table triage.search add constraint no_lamp check ({condition}) not valid")
    try:
        with triage.engine.begin() as connection:
            fill_search(connection)
    finally:
        triage.rows("alter table triage.search drop constraint no_lamp")
    agent = people("agent", "ads")
    assert [one["reference"] for one in agent.get("/v1/tickets?q=lamp")["items"]] == [found]
    assert refused in [one["reference"] for one in agent.get("/v1/tickets?q=category:ads")["items"]]


@pytest.mark.parametrize("scanned", [5_000, 0])
def test_words_are_found(triage: Triage, names: dict[str, str], monkeypatch: pytest.MonkeyPatch, scanned: int) -> None:
    monkeypatch.setattr(search, "NEWEST_SCANNED", scanned)
    monkeypatch.setattr(search, "FEW", -1)
    for query, wanted in CASES.items():
        assert {names[one] for one in _search(triage, query)} == wanted, query


def test_a_phrase_does_not_reach_from_one_text_into_the_next(triage: Triage) -> None:
    reference = triage.submit(subject="A red", message="lamp")
    _fill(triage)
    assert _search(triage, '"red lamp"') == []
    assert _search(triage, "red lamp") == [reference]


def test_rows_from_before_are_found_and_written_again(triage: Triage, names: dict[str, str]) -> None:
    triage.rows("""
        update triage.search set form = 1, vector = strip(to_tsvector('simple', translate(words, '@./:-_?=&#', '          '))
            || to_tsvector('english', words) || to_tsvector('swedish', words)) || array_to_tsvector(array['=' || s.team, '#' || s.category])
        from (select reference, concat_ws(' ', email, message) as words from triage.tickets) t
        , (select 1) one, triage.search s
        where triage.search.ticket = t.reference and s.ticket = t.reference
    """)
    for query in (
        "Åsögatan",
        "hund",
        "straße",
        "carl.ek@example.net",
        '"red lamp"',
        "priority:normal lamp",
        "lang:en lamp",
    ):
        assert _search(triage, query), query
    assert "phrase" in {names[one] for one in _search(triage, '"red lamp"')}
    assert _search(triage, "asogatan") == []
    _fill(triage)
    assert triage.rows("select count(*) from triage.search where form < 2")[0][0] == 0
    assert [names[one] for one in _search(triage, "asogatan")] == ["swedish"]
    assert [names[one] for one in _search(triage, '"red lamp"')] == ["phrase"]


def test_new_tickets_come_before_old_rows(triage: Triage) -> None:
    triage.take(*(submitted() for _ in range(170)))
    _fill(triage)
    triage.rows("update triage.search set form = 1")
    for _ in range(0, STEP, 250):
        triage.take(*(submitted() for _ in range(250)))
    with triage.engine.begin() as connection:
        assert fill_search(connection) is True
    left = triage.rows(
        "select (select count(*) from triage.search_pending), (select count(*) from triage.search where form < 2)"
    )
    assert tuple(left[0]) == (0, 170)
    with triage.engine.begin() as connection:
        assert fill_search(connection) is False


def test_a_file_alone_makes_the_ticket_found(triage: Triage) -> None:
    reference = triage.submit()
    _fill(triage)
    assert _search(triage, "has:attachment") == []
    file = {"id": "9a2b1d3c-0000-4000-8000-000000000000", "object": "a", "media_type": "image/png", "size": 5}
    triage.follow_up(reference, message=None, attachments=[file | {"sha256": "00", "state": "clean"}])
    assert triage.rows("select ticket from triage.search_pending")[0].ticket == reference


def test_moving_a_ticket_writes_its_row_again_only_when_it_must(triage: Triage, people: People) -> None:
    reference = triage.submit()
    _fill(triage)
    agent = people("agent", "ads")
    [claim] = agent.claim()
    agent("DELETE", f"/v1/claims/{claim['claim']}")
    assert triage.rows("select * from triage.search_pending") == []
    agent.patch(f"/v1/tickets/{reference}", {"priority": "high"})
    assert [row.ticket for row in triage.rows("select * from triage.search_pending")] == [reference]


def test_matches_are_resolved_to_references(triage: Triage, names: dict[str, str]) -> None:
    reader = person("agent", "ads")
    with triage.engine.begin() as connection:
        assert len(search_references(connection, "lamp", Wanted(["ads"], limit=3), reader)) == 3
        assert len(search_references(connection, "lamp", Wanted(["ads"], limit=2), reader)) == 3
        assert search_references(connection, "lamp", Wanted(["billing"], limit=3), reader) == []


def test_relevance_ranks_the_word_in_more_fields_first(triage: Triage) -> None:
    often = triage.submit(subject="Zebra", message="zebra zebra, my zebra")
    once = triage.submit(message="a zebra among many other words that are no animal")
    _fill(triage)
    with triage.engine.begin() as connection:
        rows = search_sorted(connection, "zebra", Wanted(["ads"]), "relevance")
        assert [row.reference for row in rows] == [often, once]
        rows = search_sorted(connection, "state:open", Wanted(["ads"]), "relevance")
        assert [row.reference for row in rows] == [once, often]


def test_the_longest_texts_are_indexed(triage: Triage) -> None:
    reference = triage.submit(subject="Longest", message="x" * 9_000 + " 漢" * 500)
    other = triage.submit(subject="Longest", message="'\\ :*&|! \u2028" * 500)
    _fill(triage)
    assert _search(triage, "longest") == [other, reference]
    assert _search(triage, "x" * 199) == [reference]
