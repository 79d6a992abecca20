"""Submissions as a developer of forms sends them."""

import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from tests.integration.intake.api.calls import errors_of, key_of, post, post_file
from tests.integration.intake.conftest import submission_fields
from tests.samples import files


def test_a_submission_is_answered_with_a_receipt_and_its_location(client: FlaskClient) -> None:
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


def test_the_same_key_with_another_submission_is_refused(client: FlaskClient) -> None:
    post(client, **{"Idempotency-Key": "abc"})
    assert errors_of(post(client, submission_fields(message="Other."), **{"Idempotency-Key": "abc"}), 422)


def test_a_key_whose_submission_was_refused_stays_free(client: FlaskClient) -> None:
    errors_of(post(client, submission_fields(email="nonsense"), **{"Idempotency-Key": "abc"}), 422)
    answer = post(client, **{"Idempotency-Key": "abc"})
    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "tab\there", "å"])
def test_a_malformed_key_is_unreadable(client: FlaskClient, key: str) -> None:
    assert errors_of(post(client, **{"Idempotency-Key": key}), 400) == {}


def test_json_and_multipart_with_the_same_content_are_the_same_submission(client: FlaskClient) -> None:
    by_json = post(client, submission_fields(details={"login_method": "google"}))
    by_form = client.post(
        "/v1/tickets",
        data=submission_fields(details='{"login_method": "google"}'),
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
    body = submission_fields(category="business/buyable-pins", details={"shop_url": "x", "more": "y"})
    assert set(errors_of(post(client, body), 422)) == {"details.shop_platform", "details.shop_url", "details.more"}


def test_a_bad_file_is_named_beside_the_other_errors(client: FlaskClient) -> None:
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
    answer = client.post("/v1/tickets", data=submission_fields(details=details), content_type="multipart/form-data")
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
    answer = client.post("/v1/tickets", data={**submission_fields(), "attachment": both})
    assert set(errors_of(answer, 422)) == {"attachment"}


def test_a_file_in_another_field_is_unknown(client: FlaskClient) -> None:
    answer = client.post("/v1/tickets", data={**submission_fields(), "photo": (io.BytesIO(files.png()), "a.png")})
    assert set(errors_of(answer, 422)) == {"photo"}
