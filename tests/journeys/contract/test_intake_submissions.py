"""POST /v1/tickets as JSON: what is accepted, what is rejected, and the answers."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.contract.conftest import Api, Submission, problem
from tests.journeys.walking import ticket

Make = Callable[..., Submission]


def test_a_submission_is_answered_with_its_receipt(api: Api, submission: Make) -> None:
    answer = api.send(
        submission(subject="Hi", name="Anna", username="anna", platform="ios", country="SE", locale="sv-SE")
    )
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"reference", "status", "category", "status_url", "missing_evidence"}
    assert (body["status"], body["category"], body["missing_evidence"]) == ("received", "ads/metrics", [])
    assert answer.headers["Location"].endswith(f"/v1/tickets/{body['reference']}")
    key = re.search(r"[?&]key=([^&]+)", body["status_url"])
    assert key is not None
    assert len(key[1]) >= 22  # 128 bits in the densest text a URL takes, 6 bits a character
    assert api.get("intake", f"/v1/tickets/{body['reference']}", key=key[1]).status_code == 200


@pytest.mark.parametrize("missing", ["category", "email", "message"])
def test_a_required_field_is_named(api: Api, submission: Make, missing: str) -> None:
    assert list(problem(api.send(submission(**{missing: None})), 422)["errors"]) == [missing]


def test_all_errors_are_told_at_once(api: Api, submission: Make) -> None:
    wrong = submission(category="business/buyable-pins", email="nobody", message="", country="XX", platform="fax")
    errors = problem(api.send(wrong | {"details": {"shop_url": "not one"}, "nonsense": 1}), 422)["errors"]
    assert set(errors) >= {
        "email",
        "message",
        "country",
        "platform",
        "nonsense",
        "details.shop_platform",
        "details.shop_url",
    }
    assert all(isinstance(texts, list) and texts for texts in errors.values())


@pytest.mark.parametrize(
    "fields",
    [
        {"category": "ads/nothing"},
        {"email": "a b@example.org"},
        {"message": "x" * 10_001},
        {"message": "   "},
        {"details": {"unknown": "x"}},
        {"details": [1]},
        {"details": "text"},
        {"message": 7},
        {"country": "Sweden"},
        {"platform": "windows"},
    ],
    ids=repr,
)
def test_readable_but_wrong_is_422(api: Api, submission: Make, fields: dict[str, Any]) -> None:
    errors = problem(api.send(submission(**fields)), 422)["errors"]
    assert any(name.split(".")[0] in fields for name in errors)


@pytest.mark.parametrize("length", [1, 10_000])
def test_the_bounds_of_a_message_are_accepted(api: Api, submission: Make, length: int) -> None:
    assert api.send(submission(message="x" * length)).status_code == 201


@pytest.mark.parametrize("body", ["[]", '"text"', "7", "null"])
def test_json_that_is_no_object_is_422(api: Api, body: str) -> None:
    answer = api.post("intake", "/v1/tickets", data=body, headers={"Content-Type": "application/json"})
    problem(answer, 422)


@pytest.mark.parametrize("body", ["", "{", '{"a":', "nonsense", '{"message": "\\ud800'])
def test_broken_json_is_400(api: Api, body: str) -> None:
    answer = api.post("intake", "/v1/tickets", data=body, headers={"Content-Type": "application/json"})
    problem(answer, 400)


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "image/png"])
def test_another_media_type_is_415(api: Api, media_type: str) -> None:
    problem(api.post("intake", "/v1/tickets", data="x", headers={"Content-Type": media_type}), 415)


def test_a_required_field_of_the_path_is_422_by_name(api: Api, submission: Make) -> None:
    errors = problem(api.send(submission(category="business/buyable-pins")), 422)["errors"]
    assert list(errors) == ["details.shop_platform"]


def test_a_locale_is_kept_as_sent(api: Api, submission: Make) -> None:
    answer = api.send(submission(locale="pt-BR"))
    assert answer.status_code == 201
    assert ticket(api.stack, answer.json()["reference"])["locale"] == "pt-BR"


def test_evidence_that_is_missing_is_named_and_the_ticket_held(api: Api, submission: Make) -> None:
    body = api.send(submission(category="business/blocked-link", details={"site_url": "https://shop.example"})).json()
    assert body["missing_evidence"] == ["pin_url"]
    assert ticket(api.stack, body["reference"])["state"] == "held"


def test_of_an_unfilled_group_all_are_named_and_one_link_fills_it(api: Api, submission: Make) -> None:
    empty = api.send(submission(category="account/content-removed")).json()
    assert sorted(empty["missing_evidence"]) == ["removed_link", "screenshot"]
    filled = api.send(submission(category="account/content-removed", details={"removed_link": "https://a.example/b"}))
    assert filled.json()["missing_evidence"] == []


def test_when_it_is_not_asked_for_it_is_not_missing(api: Api, submission: Make) -> None:
    board = api.send(submission(category="account/content-removed", details={"removed_kind": "board"})).json()
    assert board["missing_evidence"] == []
    shop = api.send(submission(category="business/buyable-pins", details={"shop_platform": "shopify"})).json()
    assert shop["missing_evidence"] == []
    magento = api.send(submission(category="business/buyable-pins", details={"shop_platform": "magento"})).json()
    assert magento["missing_evidence"] == ["compliance_document"]


def test_who_cannot_provide_is_not_held_and_is_tagged(api: Api, submission: Make) -> None:
    details = {"cannot_provide": ["pin_url"], "site_url": "https://shop.example"}
    body = api.send(submission(category="business/blocked-link", details=details)).json()
    found = ticket(api.stack, body["reference"])
    assert found["state"] == "open"
    assert "evidence-refused" in found["tags"]


@pytest.mark.parametrize("name", ["x", ["nonsense"], [1], {"a": 1}], ids=repr)
def test_what_cannot_be_provided_must_be_evidence_of_the_path(api: Api, submission: Make, name: object) -> None:
    answer = api.send(submission(category="business/blocked-link", details={"cannot_provide": name}))
    assert list(problem(answer, 422)["errors"]) == ["details.cannot_provide"]


def test_a_shortened_address_is_refused_with_advice(api: Api, submission: Make) -> None:
    answer = api.send(submission(category="business/blocked-link", details={"site_url": "https://bit.ly/x"}))
    assert list(problem(answer, 422)["errors"]) == ["details.site_url"]
