"""Searches by key: each key finds what it says, and its negation the rest."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.triage.lists import run_search as search
from services.triage.lists.filters import Wanted
from services.triage.lists.search_tickets import count_matches, search_tickets
from services.triage.search.parse import BadQuery
from services.triage.timers.fill_search import fill_search
from tests.integration.triage.conftest import People, Triage, person

TEAMS = ("account", "business", "ads", "billing")


def fill(triage: Triage) -> None:
    with triage.engine.begin() as connection:
        while fill_search(connection):
            pass


@pytest.fixture(params=[5_000, 1], ids=["among the newest", "by an index"])
def scanned(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found among the newest tickets is found by an index, too."""
    monkeypatch.setattr(search, "NEWEST_SCANNED", request.param)


@pytest.fixture(params=[(20_000, -1), (-1, -1), (-1, 10_000)], ids=["few", "many", "few of a key"])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few tickets in the states asked for, or with what the keys ask for, are looked at one by one."""
    states, known = request.param
    monkeypatch.setattr(search, "FEW", states)
    monkeypatch.setattr(search, "FEW_KNOWN", known)


class Found:
    """Searches by name of the ticket."""

    def __init__(self, triage: Triage) -> None:
        self.triage = triage
        self.reader = person("admin", name="Ada")
        self.names: dict[str, str] = {}

    def submit(self, name: str, category: str = "ads/metrics", **given: Any) -> str:
        reference = self.triage.submit(category, **given)
        self.names[reference] = name
        return reference

    def __call__(self, query: str, *teams: str) -> set[str]:
        with self.triage.engine.begin() as connection:
            wanted = Wanted(teams or TEAMS)
            rows = search_tickets(connection, query, wanted, self.reader)
            count = count_matches(connection, query, wanted, self.reader)
        assert (count.value, count.exact) == (len(rows), True), query
        return {self.names[row.reference] for row in rows}


@pytest.fixture
def found(triage: Triage, scanned: None, few: None) -> Found:
    """Three tickets: anna's with a file, bo's in Swedish, and one of billing; the last is the newest."""
    made = Found(triage)
    file = {"id": str(uuid4()), "object": "a", "media_type": "image/png", "size": 5, "sha256": "00", "state": "clean"}
    anna = made.submit("anna", "ads/disapproved", email="anna@example.org", message="My lamp", attachments=[file])
    bo = made.submit("bo", "ads/metrics", email="bo@example.org", locale="sv-FI", message="Min lampa")
    cy = made.submit("cy", "billing/cost", email="cy@example.org", locale="sv", message="My lamp is dear")
    triage.rows("update triage.tickets set tags = '{VIP,two words}', priority = 'high' where reference = :r", r=anna)
    triage.rows("update triage.tickets set state = 'resolved', tags = '{VIP}' where reference = :r", r=bo)
    triage.rows("update triage.tickets set respond_by = '2020-01-01' where reference = :r", r=cy)
    old = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for days, reference in enumerate((anna, bo, cy)):
        at = old + timedelta(days=days)
        triage.rows("update triage.tickets set created_at = :at where reference = :r", at=at, r=reference)
    triage.rows("update triage.tickets set owner = :owner where reference = :r", owner=made.reader.id, r=anna)
    triage.rows("delete from triage.search_days")
    triage.rows("insert into triage.search_pending select reference from triage.tickets")
    fill(triage)
    triage.rows("analyze triage.search")
    return made


EVERYTHING = {"anna", "bo", "cy"}
CASES = {
    "tag:vip": {"anna", "bo"},
    "tag:VIP": {"anna", "bo"},
    'tag:"two words"': {"anna"},
    'tag:vip tag:"two words"': {"anna"},
    "priority:high": {"anna"},
    "priority:high priority:normal": EVERYTHING,
    "state:open": {"anna", "cy"},
    "state:resolved": {"bo"},
    "team:billing": {"cy"},
    "category:ads": {"anna", "bo"},
    "category:ads/disapproved": {"anna"},
    "category:ad": set(),
    "from:anna@example.org": {"anna"},
    "from:ANNA@example.org": {"anna"},
    "owner:me": {"anna"},
    "owner:nobody": {"bo", "cy"},
    "has:attachment": {"anna"},
    "lang:sv": {"bo", "cy"},
    "lang:sv-fi": {"bo"},
    "before:2026-03-02": {"anna"},
    "before:2026-03-01": set(),
    "after:2026-03-02": {"bo", "cy"},
    "after:2026-03-02 before:2026-03-03": {"bo"},
    "after:2026-03-04": set(),
    "is:breached": {"cy"},
}


@pytest.mark.parametrize("query", CASES)
def test_a_key_finds_its_tickets(found: Found, query: str) -> None:
    assert found(query) == CASES[query]
    if " " not in query.replace('"two words"', ""):
        assert found(f"-{query}") == EVERYTHING - CASES[query]
    with_word = {name for name in CASES[query] if name != "bo"}
    assert found(f"lamp {query}") == with_word | (CASES[query] & {"bo"})
    assert found(f"-lamp {query}") == set()


def test_keys_together(found: Found) -> None:
    assert found("tag:vip -state:resolved lang:en") == {"anna"}
    assert found("lamp -dear") == {"anna", "bo"}
    assert found("-dear") == {"anna", "bo"}
    assert found("-tag:vip -tag:other") == {"cy"}
    assert found("team:billing", "ads") == set()
    assert found("tag:vip", "billing") == set()


def test_an_owner_is_named_by_address_or_its_part(found: Found, people: People) -> None:
    [row] = found.triage.rows("select reference from triage.tickets where category = 'billing/cost'")
    colleague = people("agent", "billing")
    found.triage.rows(
        "update triage.tickets set owner = (select id from auth.users where email = :e) where reference = :r",
        e=colleague.email,
        r=row.reference,
    )
    assert found(f"owner:{colleague.email}") == {"cy"}
    assert found(f"owner:{colleague.email.partition('@')[0].upper()}") == {"cy"}
    assert found(f"-owner:{colleague.email}") == {"anna", "bo"}
    with pytest.raises(BadQuery, match="owner:someone"):
        found("owner:someone")


def test_what_changes_is_found(found: Found) -> None:
    found.triage.rows("update triage.tickets set tags = '{new}' where category = 'billing/cost'")
    fill(found.triage)
    assert found("tag:new") == {"cy"}


def test_a_ticket_without_a_language_is_in_none(found: Found) -> None:
    found.submit("dan", "ads/metrics", locale="sv")
    found.triage.rows(
        "update triage.tickets set locale = null where sequence = (select max(sequence) from triage.tickets)"
    )
    fill(found.triage)
    assert found("-lang:sv") == {"anna", "dan"}
    assert found("-lang:en") == {"bo", "cy", "dan"}


def test_an_unknown_key_and_a_bad_value_are_named(found: Found) -> None:
    with pytest.raises(BadQuery, match="“colour:”"):
        found("colour:red")
    with pytest.raises(BadQuery, match="“priority:sky”"):
        found("lamp -priority:sky")
