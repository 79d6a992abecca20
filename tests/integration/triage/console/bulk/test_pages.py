"""Selecting tickets without scripts: the form of an action, its results, undo."""

import re
from typing import Any
from uuid import UUID

import pytest

from services.triage.bulk.run_chunk import run_chunk
from services.triage.timers.fill_search import fill_search
from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn, Visitor

FORMS: dict[str, dict[str, Any]] = {
    "transfer": {"team": "billing", "cause": "workload", "reason": "We have too much."},
    "resolution": {"outcome": "solved", "message": ""},
    "tags": {"add": "vip, late", "remove": ""},
    "priority": {"priority": "high"},
    "owner": {"email": ""},
    "reply": {"message": "Try again.", "then": "keep"},
}


def _run(triage: Triage, location: str) -> None:
    bulk = UUID(location.rpartition("/")[2])
    step: int | None = triage.rows("select step from triage.bulks where id = :id", id=bulk)[0].step
    while step is not None:
        step = run_chunk(triage.engine, triage.rulesets, bulk, step)


def _hidden(page: str) -> dict[str, Any]:
    """The hidden fields of the action's form."""
    form = re.search(r'<form class="bulk-form.*?</form>', page, re.DOTALL)
    assert form
    found: dict[str, Any] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0]):
        found.setdefault(name, []).append(value)
    return found


def _start(visitor: Visitor, kind: str, references: list[str], **fields: Any) -> str:
    page = visitor.post("/bulk/new", 200, kind=kind, references=references, back="/queues/ads").text
    return visitor.post("/bulk", **_hidden(page), **fields).location


@pytest.mark.parametrize("kind", FORMS)
def test_each_action_is_done_for_the_ticked_tickets(triage: Triage, signed_in: SignedIn, kind: str) -> None:
    references = sorted(triage.submit() for _ in range(2))
    ada = signed_in("Ada", "agent", "ads")
    page = ada.get("/queues/ads")
    assert all(f'name="references" value="{one}" form="bulk"' in page for one in references)
    location = _start(ada, kind, references, **FORMS[kind])
    assert "0 of 2 tickets" in ada.get(location)
    _run(triage, location)
    page = ada.get(location)
    assert "2 of 2 tickets: 2 done" in re.sub(r"<[^>]*>", "", page)
    assert (f'action="{location}/undo"' in page) == (kind != "reply")
    found = triage.ticket(references[0])
    assert {
        "transfer": found.team == "billing",
        "resolution": found.state == "resolved",
        "tags": found.tags == ["vip", "late"],
        "priority": found.priority == "high",
        "owner": found.owner is None,
        "reply": len(triage.told(references[0], "TicketAnswered")) == 1,
    }[kind]


def test_a_form_that_is_sent_twice_starts_one_bulk(triage: Triage, signed_in: SignedIn) -> None:
    ada = signed_in("Ada", "agent", "ads")
    ada.get("/queues/ads")
    page = ada.post("/bulk/new", 200, kind="reply", references=[triage.submit()]).text
    first, second = (ada.post("/bulk", **_hidden(page), **FORMS["reply"]).location for _ in range(2))
    assert first == second
    assert len(triage.rows("select id from triage.bulks")) == 1


def test_what_is_wrong_is_told_above_the_form_with_what_was_entered(triage: Triage, signed_in: SignedIn) -> None:
    ada = signed_in("Ada", "agent", "ads")
    ada.get("/queues/ads")
    page = ada.post("/bulk/new", 200, kind="tags", references=[triage.submit()]).text
    answer = ada.post("/bulk", 422, **_hidden(page), add="", remove="")
    assert "Name a tag to add or to remove." in answer.text
    page = ada.post("/bulk/new", 200, kind="owner", references=["T-1"]).text
    answer = ada.post("/bulk", 422, **_hidden(page), email="nobody@example.org")
    assert "Not a person with an open account." in answer.text
    assert 'value="nobody@example.org"' in answer.text
    assert "Select a ticket first" in ada.post("/bulk/new", 422, kind="tags").text
    ada.post("/bulk/new", 422, kind="none", references=["T-1"])
    ada.post("/bulk", 422, kind="tags", references=["T-1"], add="x", key="no key")
    ada.post("/bulk", 422, kind="tags", references=[f"T-{n}" for n in range(201)], add="x")
    assert triage.rows("select id from triage.bulks") == []


def test_all_of_a_search_are_done_if_they_are_as_many_as_shown(triage: Triage, signed_in: SignedIn) -> None:
    for _ in range(52):
        triage.submit(message="a zebra")
    with triage.engine.begin() as connection:
        fill_search(connection)
    ada = signed_in("Ada", "agent", "ads")
    page = ada.get("/search?q=zebra")
    assert "all of this search" in page
    assert ada.open("/bulk/count?q=zebra").json == {"count": 52}
    assert ada.open("/bulk/count?q=").json["count"] is None  # type: ignore[index]
    page = ada.post("/bulk/new", 200, kind="priority", query="zebra", all="1").text
    assert "Priority: 52 tickets" in page
    triage.submit(message="a zebra")
    with triage.engine.begin() as connection:
        fill_search(connection)
    answer = ada.post("/bulk", 409, **_hidden(page), priority="high")
    assert "These are 53 tickets now, not 52." in answer.text
    page = ada.post("/bulk/new", 200, kind="priority", query="zebra", all="1").text
    location = ada.post("/bulk", **_hidden(page), priority="high").location
    _run(triage, location)
    assert triage.rows("select count(*) from triage.tickets where priority = 'high'")[0].count == 53


def test_a_spam_button_chooses_the_outcome(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    ada = signed_in("Ada", "agent", "ads")
    assert 'formaction="/bulk/new?outcome=spam"' in ada.get("/queues/ads")
    page = ada.post("/bulk/new?outcome=spam", 200, kind="resolution", references=[reference]).text
    assert '<option value="spam" selected>' in page


def test_undo_restores_and_is_offered_once(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    ada = signed_in("Ada", "agent", "ads")
    ada.get("/queues/ads")
    location = _start(ada, "transfer", [reference], **FORMS["transfer"])
    _run(triage, location)
    assert "10 min left" in ada.get(location)
    ada.post(f"{location}/undo")
    _run(triage, location)
    page = ada.get(location)
    assert "Undone by Ada" in page
    assert f'action="{location}/undo"' not in page
    assert triage.ticket(reference).team == "ads"
    assert "undid the transfer by a bulk" in ada.get(f"/tickets/{reference}")
    ada.post(f"{location}/undo", 409)


def test_another_person_sees_neither_page_nor_undo_and_an_auditor_only_reads(
    triage: Triage, signed_in: SignedIn
) -> None:
    ada = signed_in("Ada", "agent", "ads")
    ada.get("/queues/ads")
    location = _start(ada, "priority", [triage.submit()], **FORMS["priority"])
    signed_in("Bo", "agent", "ads").get(location, 403)
    auditor = signed_in("Cia", "auditor")
    assert f'action="{location}/undo"' not in auditor.get(location)
    assert 'class="pick"' not in auditor.get("/queues/ads")


def test_results_are_paged(triage: Triage, signed_in: SignedIn) -> None:
    ada = signed_in("Ada", "agent", "ads")
    ada.get("/queues/ads")
    location = _start(ada, "priority", [f"T-{n:04}" for n in range(200)], **FORMS["priority"])
    triage.rows(
        "insert into triage.bulk_tickets (bulk, number, ticket) select bulk, 201, 'T-9' from triage.bulk_tickets limit 1"
    )
    triage.rows("update triage.bulks set total = 201")
    _run(triage, location)
    page = ada.get(location)
    assert page.count("data-row") == 200
    assert "T-9<" in ada.get(f"{location}?after=200")
