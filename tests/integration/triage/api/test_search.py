"""`q` of `GET /v1/tickets`: errors, highlights, orders and pages."""

from urllib.parse import urlencode

import pytest

from services.triage.timers.fill_search import fill_search
from tests.integration.triage.conftest import People, Triage


def _fill(triage: Triage) -> None:
    with triage.engine.begin() as connection:
        while fill_search(connection):
            pass


def _path(**query: object) -> str:
    return f"/v1/tickets?{urlencode(query)}"


@pytest.mark.parametrize(
    ("q", "named"),
    [
        ("colour:red", "colour:"), ("lamp priority:sky", "priority:sky"), ("team:sales", "team:sales"),
        ("category:ads/none", "category:ads/none"), ("owner:someone", "owner:someone"), ("-before:soon", "before:soon"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("sort", ["created", "relevance"])
def test_an_unknown_key_or_a_bad_value_is_named_at_q(people: People, q: str, named: str, sort: str) -> None:
    answer = people("agent", "ads").get(_path(q=q, sort=sort), 422)
    assert list(answer["errors"]) == ["q"]
    assert named in answer["errors"]["q"][0]


def test_items_found_by_words_have_highlights(triage: Triage, people: People) -> None:
    agent = people("agent", "ads")
    reference = triage.submit(subject="<b>lamp</b>", message="My lamp & <script>alert(1)</script>")
    agent.post(f"/v1/tickets/{reference}/notes", {"message": "An internal *lamp*"}, 201)
    _fill(triage)
    [item] = agent.get(_path(q="lamp"))["items"]
    assert item["highlights"] == [
        "&lt;b&gt;<mark>lamp</mark>&lt;/b&gt;",
        "My <mark>lamp</mark> &amp; &lt;script&gt;alert(1)&lt;/script&gt;",
        "An internal *<mark>lamp</mark>*",
    ]
    [item] = agent.get(_path(q="state:open -dear"))["items"]
    assert "highlights" not in item
    [item] = agent.get(_path())["items"]
    assert "highlights" not in item


def test_a_search_holds_only_teams_that_may_be_read(triage: Triage, people: People) -> None:
    of_ads, of_billing = triage.submit("ads/metrics", message="lamp"), triage.submit("billing/cost", message="lamp")
    _fill(triage)
    for q in ("lamp", "state:open", of_billing, "team:billing", "-team:ads", "owner:nobody", "from:anna@example.com"):
        found = {item["reference"] for item in people("agent", "ads").get(_path(q=q))["items"]}
        assert of_billing not in found, q
    assert [item["reference"] for item in people("agent", "ads").get(_path(q="lamp"))["items"]] == [of_ads]
    assert people("agent", "ads").get(_path(q="team:billing"))["items"] == []


def test_pages_of_a_search_hold_each_ticket_once(triage: Triage, people: People) -> None:
    agent = people("agent", "ads")
    references = [triage.submit(message="lamp") for _ in range(7)]
    _fill(triage)
    for q in ("lamp", "state:open", "-dear"):
        seen, cursor = [], ""
        while cursor is not None:
            page = agent.get(_path(q=q, limit=3, **({"cursor": cursor} if cursor else {})))
            seen += [item["reference"] for item in page["items"]]
            cursor = page["next_cursor"]
            triage.submit(message="lamp")
        assert [one for one in seen if one in references] == references[::-1]


def test_orders(triage: Triage, people: People) -> None:
    agent = people("agent", "ads")
    soon, late, none = (triage.submit(message="lamp") for _ in range(3))
    triage.rows("update triage.tickets set respond_by = '2030-01-02' where reference = :r", r=late)
    triage.rows("update triage.tickets set respond_by = '2030-01-01' where reference = :r", r=soon)
    triage.rows("update triage.tickets set respond_by = null where reference = :r", r=none)
    agent.post(f"/v1/tickets/{soon}/notes", {"message": "x"}, 201)
    _fill(triage)

    def found(sort: str, q: str = "lamp") -> list[str]:
        return [item["reference"] for item in agent.get(_path(q=q, sort=sort))["items"]]

    for q in ("lamp", "state:open"):
        assert found("created", q) == [none, late, soon]
        assert found("respond_by", q) == [soon, late, none]
        assert found("updated", q) == [soon, none, late]
    assert set(found("relevance")) == {soon, late, none}


def test_a_search_may_be_empty_or_only_signs(triage: Triage, people: People) -> None:
    triage.submit()
    _fill(triage)
    agent = people("agent", "ads")
    assert len(agent.get(_path(q="  "))["items"]) == 1
    for q in ("!!!", "\ufffd", '"'):
        assert agent.get(_path(q=q))["items"] == []
    agent.get(_path(q="x" * 201), 422)
