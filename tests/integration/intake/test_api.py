"""The API as a developer of forms meets it, on real servers."""

import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from services.intake.app import create_app
from services.intake.settings import IntakeSettings
from shared.store import ObjectStore
from tests.integration.intake.conftest import note_fields
from tests.samples import files

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def app(intake_settings: IntakeSettings) -> Flask:
    return create_app(intake_settings)


@pytest.fixture
def client(app: Flask, engine: Engine, redis_url: str, store: ObjectStore) -> Iterator[FlaskClient]:
    with app.test_client() as made:
        yield made


def post(client: FlaskClient, body: object = None, **headers: str) -> TestResponse:
    return client.post("/v1/tickets", json=note_fields() if body is None else body, headers=headers)


def post_file(client: FlaskClient, name: str, body: bytes, **fields: object) -> TestResponse:
    return client.post("/v1/tickets", data={**note_fields(**fields), "attachment": (io.BytesIO(body), name)})


def key_of(receipt: dict[str, Any]) -> dict[str, str]:
    [key] = parse_qs(urlsplit(receipt["status_url"]).query)["key"]
    return {"Authorization": f"Bearer {key}"}


def errors_of(answer: TestResponse, status: int) -> dict[str, list[str]]:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert {"type", "title", "status", "detail"} <= set(answer.json)
    errors: dict[str, list[str]] = answer.json.get("errors", {})
    return errors


def test_a_note_is_created_with_a_receipt_and_its_place(client: FlaskClient) -> None:
    answer = post(client)
    assert answer.status_code == 201
    assert answer.json is not None
    receipt = answer.json
    assert set(receipt) == {"reference", "status", "category", "status_url", "missing_evidence"}
    assert re.fullmatch(r"T-[0-9A-Z]{4}-[0-9A-Z]{4}", receipt["reference"])
    assert answer.headers["Location"].endswith(f"/v1/tickets/{receipt['reference']}")
    assert len(key_of(receipt)["Authorization"]) >= 7 + 26
    assert "Idempotency-Replayed" not in answer.headers


def test_the_same_key_answers_the_same_and_says_so(client: FlaskClient) -> None:
    first, again = (post(client, **{"Idempotency-Key": "abc"}) for _ in range(2))
    assert again.status_code == 201
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"


def test_the_same_key_with_another_note_is_refused(client: FlaskClient) -> None:
    post(client, **{"Idempotency-Key": "abc"})
    assert errors_of(post(client, note_fields(message="Other."), **{"Idempotency-Key": "abc"}), 422)


def test_a_key_whose_note_was_refused_stays_free(client: FlaskClient) -> None:
    errors_of(post(client, note_fields(email="nonsense"), **{"Idempotency-Key": "abc"}), 422)
    answer = post(client, **{"Idempotency-Key": "abc"})
    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "tab\there", "å"])
def test_a_malformed_key_is_unreadable(client: FlaskClient, key: str) -> None:
    assert errors_of(post(client, **{"Idempotency-Key": key}), 400) == {}


def test_json_and_multipart_with_the_same_content_are_the_same_note(client: FlaskClient) -> None:
    by_json = post(client, note_fields(details={"login_method": "google"}))
    by_form = client.post(
        "/v1/tickets",
        data=note_fields(details='{"login_method": "google"}'),
        content_type="multipart/form-data",
    )
    assert by_form.status_code == 201
    assert by_form.headers["Idempotency-Replayed"] == "true"
    assert by_form.json == by_json.json


def test_every_bad_field_is_named_at_once(client: FlaskClient) -> None:
    wrong = {
        "category": "nowhere/at-all",
        "email": "nonsense",
        "message": "  ",
        "subject": "a\r\nBcc: victim@example.com",
        "name": 7,
        "username": "x" * 101,
        "platform": "fridge",
        "country": "XX",
        "locale": "!",
        "details": [],
        "colour": "red",
    }
    assert set(errors_of(post(client, wrong), 422)) == set(wrong)


def test_details_of_the_path_are_named_by_their_own_names(client: FlaskClient) -> None:
    body = note_fields(category="business/buyable-pins", details={"shop_url": "x", "more": "y"})
    assert set(errors_of(post(client, body), 422)) == {"details.shop_platform", "details.shop_url", "details.more"}


def test_a_bad_file_is_named_beside_the_other_faults(client: FlaskClient) -> None:
    answer = post_file(client, "page.png", files.html(), email="nonsense")
    assert set(errors_of(answer, 422)) == {"attachment", "email"}


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[1]", "application/json", 422),
        (b'"text"', "application/json", 422),
        (b"", "application/json", 400),
        (b"{}", "application/json", 422),
        (b"{}", "text/plain", 415),
        (b"category=x", "application/x-www-form-urlencoded", 415),
        (b"<a/>", "application/xml", 415),
        (b"x", "multipart/form-data", 400),
        (b"--b\r\nContent-Disposition: form-data; name=email\r\n\r\nx", "multipart/form-data; boundary=b", 400),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n", "multipart/form-data; boundary=b", 400),
        (b" " * 300_000, "application/json", 413),
    ],
)
def test_a_body_gets_the_status_of_what_is_wrong_with_it(
    client: FlaskClient, engine: Engine, body: bytes, content_type: str, status: int
) -> None:
    errors_of(client.post("/v1/tickets", data=body, content_type=content_type), status)
    with engine.connect() as connection:
        assert connection.execute(text("select count(*) from intake.submissions")).scalar_one() == 0


@pytest.mark.parametrize("details", ["{", "[]", "7", '"x"', "NaN"])
def test_details_of_a_form_that_are_no_json_object_are_a_wrong_field(client: FlaskClient, details: str) -> None:
    answer = client.post("/v1/tickets", data=note_fields(details=details), content_type="multipart/form-data")
    assert set(errors_of(answer, 422)) == {"details"}


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("a.png", files.png(), 201),
        ("a.pdf", files.of_exactly(files.LIMIT - 1), 201),
        ("a.pdf", files.of_exactly(files.LIMIT), 413),
        ("a.pdf", files.of_exactly(3 * files.LIMIT), 413),
        ("a.pdf", files.of_exactly(9 * files.LIMIT), 413),
        ("a.png", files.html(), 415),
        ("a.exe", files.png(), 415),
        ("a.png", files.truncated_png(), 415),
        ("a.png", b"", 422),
        ("", b"", 201),
    ],
)
def test_a_file_gets_its_status(client: FlaskClient, name: str, body: bytes, status: int) -> None:
    answer = post_file(client, name, body)
    assert answer.status_code == status, answer.text
    assert status == 201 or answer.content_type == "application/problem+json"


def test_two_files_are_refused(client: FlaskClient) -> None:
    both = [(io.BytesIO(files.png()), "a.png"), (io.BytesIO(files.png()), "b.png")]
    answer = client.post("/v1/tickets", data={**note_fields(), "attachment": both})
    assert set(errors_of(answer, 422)) == {"attachment"}


def test_a_file_in_another_field_is_unknown(client: FlaskClient) -> None:
    answer = client.post("/v1/tickets", data={**note_fields(), "photo": (io.BytesIO(files.png()), "a.png")})
    assert set(errors_of(answer, 422)) == {"photo"}


def test_a_requester_follows_adds_and_withdraws(client: FlaskClient) -> None:
    receipt = post(client, note_fields(category="business/blocked-link", subject="Blocked")).json
    assert receipt is not None
    assert receipt["missing_evidence"] == ["site_url", "pin_url"]
    place, key = f"/v1/tickets/{receipt['reference']}", key_of(receipt)

    shown = client.get(place, headers=key)
    assert shown.status_code == 200
    assert shown.json is not None
    assert set(shown.json) == {
        "reference", "status", "category", "subject", "team", "created_at", "missing_evidence", "answer_by", "follow_ups",
    }  # fmt: skip
    assert shown.json["created_at"].endswith(("+00:00", "Z"))

    added = client.post(
        f"{place}/follow-ups", json={"message": "Here.", "details": {"site_url": "https://example.com"}}, headers=key
    )
    assert added.status_code == 201
    assert added.json is not None
    assert added.json["missing_evidence"] == ["pin_url"]

    withdrawn = client.post(f"{place}/withdrawal", headers=key)
    assert withdrawn.status_code == 200
    assert withdrawn.json is not None
    assert withdrawn.json["status"] == "withdrawn"
    assert [one["message"] for one in withdrawn.json["follow_ups"]] == ["Here."]
    assert client.post(f"{place}/withdrawal", headers=key).status_code == 200
    errors_of(client.post(f"{place}/follow-ups", json={"message": "More."}, headers=key), 409)


def test_a_wrong_key_and_an_unknown_reference_answer_alike(client: FlaskClient) -> None:
    receipt = post(client).json
    assert receipt is not None
    other = post(client, note_fields(message="Other.")).json
    assert other is not None
    for method, path in (("GET", ""), ("POST", "/follow-ups"), ("POST", "/withdrawal")):
        body = {"message": "x"} if path == "/follow-ups" else None
        answers = [
            client.open(f"/v1/tickets/{reference}{path}", method=method, headers=key, json=body)
            for reference, key in (
                (receipt["reference"], key_of(other)),
                (receipt["reference"], {"Authorization": "Bearer nonsense"}),
                ("T-0000-0000", key_of(receipt)),
                ("nonsense", key_of(receipt)),
            )
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.text for answer in answers}) == 1
        assert client.open(f"/v1/tickets/{receipt['reference']}{path}", method=method, json=body).status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "message"), ({"message": " "}, "message"), ({"colour": "red"}, "colour"), ({"details": []}, "details"),
     ({"details": {"nothing": "x"}}, "details.nothing"), ({"message": "x" * 10_001}, "message")],
)  # fmt: skip
def test_a_follow_up_that_is_wrong_is_told_why(client: FlaskClient, body: dict[str, object], field: str) -> None:
    receipt = post(client).json
    assert receipt is not None
    answer = client.post(f"/v1/tickets/{receipt['reference']}/follow-ups", json=body, headers=key_of(receipt))
    assert set(errors_of(answer, 422)) == {field}


def test_the_eleventh_file_is_refused(client: FlaskClient) -> None:
    receipt = post_file(client, "a.pdf", files.PDF).json
    assert receipt is not None
    place = f"/v1/tickets/{receipt['reference']}/follow-ups"
    for number in range(11):
        body = files.PDF + str(number).encode()
        answer = client.post(place, data={"attachment": (io.BytesIO(body), "a.pdf")}, headers=key_of(receipt))
        assert answer.status_code == (201 if number < 9 else 422), number


def test_a_browsers_own_form_is_led_to_the_page(client: FlaskClient) -> None:
    answer = client.post("/v1/tickets", data=note_fields(), headers=BROWSER)
    assert answer.status_code == 303
    assert re.fullmatch(r"/t/T-[0-9A-Z-]{9}\?key=[a-z2-7]{32}", answer.headers["Location"])
    page = client.get(answer.headers["Location"])
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


def test_a_browsers_own_form_with_faults_is_our_form_with_all_that_was_typed(client: FlaskClient) -> None:
    typed = {**note_fields(email="nonsense", message="All my words <b>"), "details.login_method": "google"}
    answer = client.post("/v1/tickets", data=typed, headers=BROWSER, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert answer.mimetype == "text/html"
    assert "All my words &lt;b&gt;" in answer.text
    assert 'value="nonsense"' in answer.text


def test_a_browsers_own_form_for_no_category_is_a_page_too(client: FlaskClient) -> None:
    answer = client.post("/v1/tickets", data=note_fields(category="nowhere"), headers=BROWSER)
    assert answer.status_code == 422
    assert answer.mimetype == "text/html"


def test_the_categories_are_listed_flat_in_a_language(client: FlaskClient) -> None:
    answer = client.get("/v1/categories?locale=sv")
    assert answer.status_code == 200
    assert answer.json is not None
    items = {item["path"]: item for item in answer.json["items"]}
    assert len(items) >= 29
    removed = items["account/content-removed"]
    assert set(removed) == {"path", "title", "help_html", "lang", "fields", "evidence"}
    assert removed["lang"] == "sv"
    assert set(removed["fields"][0]) == {"name", "type", "label", "required", "options"}
    assert any("when" in slot for slot in removed["evidence"])
    context = next(slot for slot in removed["evidence"] if slot["id"] == "context")
    assert "when" not in context
    assert client.get("/v1/categories").json is not None


def test_other_peoples_pages_may_post_and_read(client: FlaskClient) -> None:
    preflight = client.options(
        "/v1/tickets",
        headers={
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "idempotency-key",
        },
    )
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "Idempotency-Key" in preflight.headers["Access-Control-Allow-Headers"]
    answer = post(client, Origin="https://shop.example")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    for name in ("Location", "Retry-After", "Idempotency-Replayed"):
        assert name in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Access-Control-Allow-Origin" not in client.get("/help", headers={"Origin": "https://shop.example"}).headers


def test_start_leads_to_help_and_health_answers(client: FlaskClient) -> None:
    assert client.get("/").headers["Location"] == "/help"
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200
    assert client.get("/metrics").status_code == 200
    assert client.get("/openapi.json").json is not None
