"""The search page without scripts: errors at the field, highlights, orders, pages, saving a view; suggestions as JSON."""

import re
from html import unescape
from typing import Any
from urllib.parse import quote_plus

import pytest

from services.triage.timers.fill_search import fill_search
from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn


def _fill(triage: Triage) -> None:
    with triage.engine.begin() as connection:
        while fill_search(connection):
            pass


def _found(page: str) -> list[str]:
    return re.findall(r'data-reference="([^"]+)"', page)


def test_an_unknown_key_is_named_at_the_field(signed_in: SignedIn) -> None:
    page = signed_in("Ada", "agent", "ads").get("/search?q=colour:red+priority:sky", 422)
    [error] = re.findall(r'id="search-q-error" role="alert">(.*?)</div>', page, re.DOTALL)
    assert "colour:" in error
    assert "priority:sky" in error
    assert 'aria-invalid="true" aria-describedby="search-q-error"' in page
    assert 'value="colour:red priority:sky"' in page
    assert _found(page) == []


def test_rows_show_where_the_words_stand(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit(subject="Question", message="<script>alert(1)</script> my lamp")
    _fill(triage)
    ada = signed_in("Ada", "agent", "ads")
    page = ada.get("/search?q=lamp")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; my <mark>lamp</mark>" in page
    assert "<script>alert" not in page
    assert "1 ticket<" in page
    assert _found(ada.get("/search?q=state:open")) == [reference]
    assert "No tickets found" in ada.get("/search?q=zebra")
    assert "category:ads/disapproved" in ada.get("/search")


def test_orders_and_pages(triage: Triage, signed_in: SignedIn) -> None:
    references = [triage.submit(message="lamp") for _ in range(52)]
    triage.rows("update triage.tickets set respond_by = '2020-01-01' where reference = :r", r=references[0])
    _fill(triage)
    ada = signed_in("Ada", "agent", "ads")
    for sort, first in (("created", references[-1]), ("respond_by", references[0]), ("relevance", references[-1])):
        page = ada.get(f"/search?q=lamp&sort={sort}")
        assert _found(page)[0] == first
        assert "52 tickets" in page
        following = re.search(r'rel="next" href="([^"]+)"', page)
        assert following
        more = ada.get(unescape(following[1]))
        assert sorted(_found(page) + _found(more)) == sorted(references)
        assert f"sort={sort}" in following[1] or sort == "created"
    ada.get("/search?q=lamp&sort=nonsense")
    ada.get("/search?q=lamp&cursor=nonsense", 422)
    ada.get("/search?q=%00&view=nonsense")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("st", ["state:"]), ("lamp -sta", ["-state:"]),
        ("priority:", ["priority:urgent", "priority:high", "priority:normal", "priority:low"]),
        ("owner:n", ["owner:nobody"]), ("owner:cy", ["owner:cyd@example.org"]), ("team:", ["team:ads"]), ("tag:v", ["tag:vip"]),
        ('tag:"tw', ['tag:"two words"']), ("category:ads/dis", ["category:ads/disapproved"]),
        ("is:", ["is:breached"]), ("lang:s", ["lang:sv"]),
        ('"a phrase st', []), ("colour:", []), ("before:", []), ("12", []), ("", []), ("\x00", []),
    ],
)  # fmt: skip
def test_what_is_suggested(triage: Triage, signed_in: SignedIn, text: str, found: list[str]) -> None:
    reference = triage.submit()
    triage.rows("update triage.tickets set tags = '{vip,two words}' where reference = :r", r=reference)
    secret = triage.submit("billing/cost")
    triage.rows("update triage.tickets set tags = '{very-secret}' where reference = :r", r=secret)
    _fill(triage)
    signed_in("Cyd", "agent", "ads")
    signed_in("Cymru", "agent", "billing")
    answer = signed_in("Ada", "agent", "ads").open(f"/search/suggestions?text={quote_plus(text)}").get_json()
    assert [item["text"] for item in answer["items"]] == found
    assert text[answer["start"] :] == "" or found == [] or text[answer["start"]] in "-" + found[0]


def test_a_search_is_saved_as_a_view_and_opens_again(triage: Triage, signed_in: SignedIn) -> None:
    triage.submit()
    _fill(triage)
    ada = signed_in("Ada", "agent", "ads")
    assert 'value="all"' not in ada.get("/search?q=state:open")
    fields: dict[str, Any] = {"query": "state:open", "sort": "respond_by"}
    assert "A name of 1 to 80" in ada.post("/views", 422, name=" ", **fields).text
    ada.post("/views", 403, name="All", shared="all", **fields)
    ada.post("/views", 403, name="Ads", shared="team:ads", **fields)
    ada.post("/views", 422, name="Sales", shared="team:sales", **fields)
    ada.get("/search?q=state:open")
    location = ada.post("/views", name="Open ones", shared="me", **fields).location
    page = ada.get(location)
    assert _found(page)
    for path in (location, "/queues/ads", "/search"):
        assert "Open ones" in ada.get(path)
    assert 'aria-current="page">Open ones' in page
    counts = ada.open("/views/counts").get_json()
    assert list(counts.values()) == ["1"]
    assert "Open ones" not in signed_in("Bo", "agent", "ads").get("/views")


def test_views_are_changed_ordered_and_deleted(triage: Triage, signed_in: SignedIn) -> None:
    ada = signed_in("Ada", "admin")
    for name in ("First", "Second", "Third"):
        ada.get("/views")
        ada.post("/views", name=name, query="state:open", shared="me")

    def names() -> list[str]:
        return re.findall(r"data-row>([^<]+)</a>", ada.get("/views"))

    def view(name: str) -> str:
        return str(triage.rows("select id from triage.views where name = :name", name=name)[0].id)

    assert names() == ["First", "Second", "Third"]
    ada.post(f"/views/{view('Third')}/position", to="up")
    ada.post(f"/views/{view('First')}/position", to="up")
    assert names() == ["First", "Third", "Second"]
    ada.post(f"/views/{view('First')}/position", to="down")
    assert names() == ["Third", "First", "Second"]
    ada.post(f"/views/{view('First')}/position", 422, to="sideways")
    page = ada.post(f"/views/{view('First')}", 422, name="First", query="colour:red", shared="me").text
    assert "There is no key “colour:”" in page
    ada.post(f"/views/{view('First')}", name="Urgent", query="priority:urgent", sort="updated", shared="team:ads")
    ada.post(f"/views/{view('Second')}/deletion")
    assert names() == ["Third", "Urgent"]
    bo = signed_in("Bo", "agent", "ads")
    assert "Urgent" in bo.get("/views")
    assert "Delete Urgent" not in bo.get("/views")
    bo.post(f"/views/{view('Urgent')}/deletion", 403)
    bo.post(f"/views/{view('Third')}/position", 403, to="up")
    ada.post("/views/00000000-0000-0000-0000-000000000000/deletion", 404)
