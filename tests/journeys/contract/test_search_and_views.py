"""Search and views, black-box."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.journeys.contract.conftest import Api, Submission, problem
from tests.journeys.walking import ticket
from tests.polling import eventually

Make = Callable[..., Submission]


def _found(api: Api, query: str, as_: str = "ads", **more: Any) -> list[dict[str, Any]]:
    answer = api.get("triage", "/v1/tickets", params={"q": query, **more}, as_=as_)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_each_key_and_phrase_finds_the_ticket(api: Api, submission: Make) -> None:
    word = f"zebra{uuid4().hex[:8]}"
    mine = submission(
        category="ads/metrics", details=None, locale="sv", message=f"Die Straße {word} <b>& 東京都</b>", subject=None
    )
    reference = api.send(mine).json()["reference"]
    row = ticket(api.stack, reference)
    day = row["created_at"][:10]
    assert eventually(lambda: _found(api, word))
    for query in (
        word.upper(), f'"STRASSE {word}"', f"{word} 京都", f"{word} -otherword", f"{word} state:{row['state']}",
        f"{word} priority:{row['priority']} team:ads category:ads lang:sv owner:nobody", f"from:{mine['email']}",
        f"{word} category:ads/metrics after:{day} -before:{day} -is:breached -has:attachment", f"{word} -tag:vip",
    ):  # fmt: skip
        assert [item["reference"] for item in _found(api, query)] == [reference], query
    for query in (
        f"{word} -priority:{row['priority']}",
        f"{word} before:{day}",
        f"{word} tag:vip",
        f"-{word} from:{mine['email']}",
    ):
        assert _found(api, query) == [], query
    [item] = _found(api, word)
    assert any(f"<mark>{word}</mark> &lt;b&gt;&amp; 東京都&lt;/b&gt;" in one for one in item["highlights"])
    [item] = _found(api, f"from:{mine['email']}")
    assert "highlights" not in item


@pytest.mark.parametrize("query", ["colour:red", "priority:sky", "-state:gone", "before:soon", "has:ears"])
def test_an_unknown_key_or_a_bad_value_is_named(api: Api, query: str) -> None:
    answer = api.get("triage", "/v1/tickets", params={"q": query}, as_="ads")
    problem(answer, 422)
    key = query.removeprefix("-").partition(":")[0]
    assert key in answer.json()["errors"]["q"][0]


@pytest.mark.parametrize("query", ["http://example.org/x", "12:30", "Subject: hello", '"colour:red"'])
def test_what_is_no_key_is_text(api: Api, query: str) -> None:
    _found(api, query)


def test_a_view_and_its_rights(api: Api) -> None:
    body = {"name": "Open", "query": "state:open", "sort": "respond_by", "shared_with": "me"}
    answer = api.post("triage", "/v1/views", as_="ads", json=body)
    assert answer.status_code == 201
    view = answer.json()
    assert {name: view[name] for name in body} == body
    assert set(view["count"]) == {"value", "exact"}
    listing = api.get("triage", "/v1/views", as_="ads").json()["items"]
    assert view["id"] in [item["id"] for item in listing]
    assert view["id"] not in [item["id"] for item in api.get("triage", "/v1/views", as_="billing").json()["items"]]
    changed = api.call("PUT", "triage", f"/v1/views/{view['id']}", as_="ads", json=body | {"name": "Mine"})
    assert (changed.status_code, changed.json()["name"]) == (200, "Mine")
    for more in ({"shared_with": "team", "team": "ads"}, {"shared_with": "all"}):
        problem(api.post("triage", "/v1/views", as_="ads", json=body | more), 403)
        made = api.post("triage", "/v1/views", as_="admin", json=body | more)
        assert made.status_code == 201
        problem(api.call("DELETE", "triage", f"/v1/views/{made.json()['id']}", as_="ads"), 403)
        assert api.call("DELETE", "triage", f"/v1/views/{made.json()['id']}", as_="admin").status_code == 204
    assert api.call("DELETE", "triage", f"/v1/views/{view['id']}", as_="ads").status_code == 204
    problem(api.call("DELETE", "triage", f"/v1/views/{view['id']}", as_="ads"), 404)
    problem(api.post("triage", "/v1/views", as_="ads", json=body | {"query": "colour:red"}), 422)
