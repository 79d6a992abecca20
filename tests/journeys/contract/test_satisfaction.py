"""What requesters answer about how their tickets were resolved, from the e-mail's links to the ticket and the report."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.journeys.contract.conftest import Api, Submission, problem
from tests.journeys.walking import mails, ticket
from tests.polling import eventually

Make = Callable[..., Submission]
RESOLVE = [
    ("resolution", {"outcome": "solved", "message": "Done."}),
    ("resolution", {"outcome": "not_solved"}),
    ("replies", {"message": "Done.", "then": "resolve"}),
]


def _resolved(api: Api, submission: Make, action: str, body: dict[str, Any]) -> tuple[str, EmailMessage]:
    """A resolved ticket and the e-mail that told of it."""
    given = submission()
    reference = api.send(given).json()["reference"]
    ticket(api.stack, reference)
    answer = api.post("triage", f"/v1/tickets/{reference}/{action}", as_="ads", json=body)
    assert answer.status_code in (200, 201), answer.text
    eventually(lambda: len(mails(api.stack, given["email"])) == 2)
    return reference, mails(api.stack, given["email"])[1]


def _links(mail: EmailMessage) -> dict[str, str]:
    """The links in the e-mail's text, by their answers."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = [line for line in str(body.get_content()).splitlines() if "/satisfaction?" in line]
    return {parse_qs(urlsplit(link).query)["answer"][0]: link for link in found}


def _satisfaction(api: Api, reference: str) -> Any:
    return ticket(api.stack, reference)["satisfaction"]


@pytest.mark.parametrize(("action", "body"), RESOLVE)
def test_the_mail_of_a_resolution_asks_and_the_answer_is_on_the_ticket(
    api: Api, submission: Make, action: str, body: dict[str, Any]
) -> None:
    reference, mail = _resolved(api, submission, action, body)
    links = _links(mail)
    assert list(links) == ["good", "bad"]
    address = urlsplit(links["bad"])
    assert address.path == f"/t/{reference}/satisfaction"
    assert list(parse_qs(address.query)) == ["token", "answer"]
    assert _satisfaction(api, reference) is None
    posted = requests.post(links["bad"], json={"answer": "bad", "comment": "Too slow. 🐌"}, timeout=20)
    assert posted.status_code == 200, posted.text
    assert posted.json() == {"answer": "bad", "comment": "Too slow. 🐌", "at": posted.json()["at"]}
    found = eventually(lambda: _satisfaction(api, reference))
    assert (found["answer"], found["comment"], set(found)) == ("bad", "Too slow. 🐌", {"answer", "comment", "at"})
    assert datetime.fromisoformat(found["at"]).utcoffset() is not None


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("resolution", {"outcome": "duplicate"}),
        ("replies", {"message": "Done.", "then": "wait"}),
        ("replies", {"message": "Done.", "then": "keep"}),
        ("disapproval", {"reasons": ["excessive_hashtags"], "message": "Sorry."}),
    ],
)
def test_another_mail_does_not_ask(api: Api, submission: Make, action: str, body: dict[str, Any]) -> None:
    assert _links(_resolved(api, submission, action, body)[1]) == {}


def test_opening_a_link_shows_a_page_and_changes_nothing(api: Api, submission: Make) -> None:
    reference, mail = _resolved(api, submission, *RESOLVE[0])
    for answer, link in _links(mail).items():
        page = requests.get(link, headers={"Accept": "text/html"}, timeout=20)
        assert page.status_code == 200
        assert f'value="{answer}"' in page.text.partition(" checked")[0].rpartition("<input")[2]
        assert "Done." not in page.text
        assert requests.head(link, timeout=20).status_code == 200
        prefetch = {"Sec-Purpose": "prefetch", "Purpose": "prefetch"}
        assert requests.get(link, headers=prefetch, timeout=20).status_code == 200
        assert requests.options(link, timeout=20).status_code == 200
    events = api.get("triage", f"/v1/tickets/{reference}", as_="admin").json()
    assert events["satisfaction"] is None
    assert "satisfaction_given" not in [line["kind"] for line in events["timeline"]]


def test_a_browsers_form_counts_and_the_newest_answer_replaces_the_first(api: Api, submission: Make) -> None:
    reference, mail = _resolved(api, submission, *RESOLVE[0])
    link = _links(mail)["good"]
    first = requests.post(link, data={"answer": "good", "comment": "Fine"}, headers={"Accept": "text/html"}, timeout=20)
    assert first.status_code == 200
    assert "Thank you for your answer" in first.text
    assert eventually(lambda: _satisfaction(api, reference))["answer"] == "good"
    answer = requests.post(link, data={"answer": "bad"}, allow_redirects=False, timeout=20)
    assert answer.status_code == 303
    assert eventually(lambda: (found := _satisfaction(api, reference))["answer"] == "bad" and found)["comment"] is None


def test_a_token_opens_nothing_else_and_an_unknown_one_is_not_found(api: Api, submission: Make) -> None:
    reference, mail = _resolved(api, submission, *RESOLVE[0])
    other, _ = _resolved(api, submission, *RESOLVE[0])
    token = parse_qs(urlsplit(_links(mail)["good"]).query)["token"][0]
    key = {"Authorization": f"Bearer {token}"}
    assert api.get("intake", f"/v1/tickets/{reference}", headers=key).status_code == 404
    assert api.get("intake", f"/t/{reference}?key={token}").status_code == 404
    flipped = token[:-1] + ("a" if token[-1] != "a" else "b")
    for path in (
        f"/t/{other}/satisfaction?token={token}",
        f"/t/T-0000-0000/satisfaction?token={token}",
        f"/t/{reference}/satisfaction?token={flipped}",
        f"/t/{reference}/satisfaction?token=%00",
        f"/t/{reference}/satisfaction?token=",
        f"/t/{reference}/satisfaction",
    ):
        assert api.get("intake", path).status_code == 404
        problem(api.post("intake", path, json={"answer": "good"}), 404)
        problem(api.post("intake", path, json={"answer": "perhaps"}), 404)


@pytest.mark.parametrize(
    ("body", "status", "fields"),
    [
        (b"{", 400, None),
        (b"[]", 422, {"body"}),
        (b"{}", 422, {"answer"}),
        (b'{"answer": "perhaps"}', 422, {"answer"}),
        (b'{"answer": true}', 422, {"answer"}),
        (b'{"answer": ["good"]}', 422, {"answer"}),
        (b'{"answer": "good", "comment": 7, "stars": 5}', 422, {"comment", "stars"}),
        (b'{"answer": "good", "comment": "' + b"x" * 2001 + b'"}', 422, {"comment"}),
        (b'{"answer": "good", "comment": "a\\u0000b"}', 422, {"comment"}),
        (b'{"answer": "good", "comment": null}', 200, None),
    ],
)
def test_a_wrong_body_is_refused_by_name(
    api: Api, resolved_link: str, body: bytes, status: int, fields: set[str] | None
) -> None:
    answer = requests.post(resolved_link, data=body, headers={"Content-Type": "application/json"}, timeout=20)
    assert answer.status_code == status, answer.text
    if fields:
        assert set(problem(answer, status)["errors"]) == fields


@pytest.fixture(scope="module")
def resolved_link(api: Api, submission: Make) -> str:
    return _links(_resolved(api, submission, *RESOLVE[0])[1])["good"]


def test_the_report_counts_what_was_sent_and_answered(api: Api, submission: Make) -> None:
    today = datetime.now(UTC).date().isoformat()
    path = f"/v1/reports/satisfaction?from={today}&to={today}&by=category"
    category = "ads/metrics"

    def figures() -> dict[str, int]:
        items = api.get("triage", path, as_="admin").json()["items"]
        found = {item["key"]: item for item in items}.get(category)
        return found or dict.fromkeys(("sent", "answered", "good", "bad"), 0)

    before = figures()
    _, mail = _resolved(api, submission, *RESOLVE[0])
    assert requests.post(_links(mail)["good"], json={"answer": "good"}, timeout=20).status_code == 200
    # Other tests resolve tickets of this category at the same time.
    eventually(lambda: (now := figures())["good"] > before["good"] and now["sent"] > before["sent"])
    found = figures()
    assert set(found) == {"key", "sent", "answered", "good", "bad"}
    assert found["answered"] == found["good"] + found["bad"]


def test_the_report_is_for_leads_and_names_what_is_wrong_with_a_query(api: Api) -> None:
    path = "/v1/reports/satisfaction"
    problem(api.get("triage", path), 401)
    problem(api.get("triage", path, as_="ads"), 403)
    for by in ("team", "category", "rule", "agent"):
        assert "items" in api.get("triage", f"{path}?by={by}", as_="admin").json()
    wrong = {
        "by=colour": "by",
        "from=yesterday": "from",
        "to=2026-13-01": "to",
        "from=2026-02-02&to=2026-02-01": "to",
        "from=2020-01-01&to=2026-01-01": "from",
        "to=9999-12-31": "to",
    }
    for query, field in wrong.items():
        assert set(problem(api.get("triage", f"{path}?{query}", as_="admin"), 422)["errors"]) == {field}, query
