"""A ticket as its requester follows it: looked at, added to, withdrawn."""

import io

import pytest
from flask.testing import FlaskClient

from tests.integration.intake.api.calls import errors_of, key_of, post, post_file
from tests.integration.intake.conftest import submission_fields
from tests.samples import files


def test_a_requester_follows_adds_and_withdraws(client: FlaskClient) -> None:
    receipt = post(client, submission_fields(category="business/blocked-link", subject="Blocked")).json
    assert receipt is not None
    assert receipt["missing_evidence"] == ["site_url", "pin_url"]
    path, key = f"/v1/tickets/{receipt['reference']}", key_of(receipt)

    shown = client.get(path, headers=key)
    assert shown.status_code == 200
    assert shown.json is not None
    assert set(shown.json) == {
        "reference", "status", "category", "subject", "team", "created_at", "missing_evidence", "answer_by", "follow_ups",
        "conversation",
    }  # fmt: skip
    assert shown.json["created_at"].endswith(("+00:00", "Z"))

    added = client.post(
        f"{path}/follow-ups", json={"message": "Here.", "details": {"site_url": "https://example.com"}}, headers=key
    )
    assert added.status_code == 201
    assert added.json is not None
    assert added.json["missing_evidence"] == ["pin_url"]

    withdrawn = client.post(f"{path}/withdrawal", headers=key)
    assert withdrawn.status_code == 200
    assert withdrawn.json is not None
    assert withdrawn.json["status"] == "withdrawn"
    assert [one["message"] for one in withdrawn.json["follow_ups"]] == ["Here."]
    assert client.post(f"{path}/withdrawal", headers=key).status_code == 200
    errors_of(client.post(f"{path}/follow-ups", json={"message": "More."}, headers=key), 409)


def test_a_wrong_key_and_an_unknown_reference_answer_alike(client: FlaskClient) -> None:
    receipt = post(client).json
    assert receipt is not None
    other = post(client, submission_fields(message="Other.")).json
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
    path = f"/v1/tickets/{receipt['reference']}/follow-ups"
    for number in range(11):
        body = files.PDF + str(number).encode()
        answer = client.post(path, data={"attachment": (io.BytesIO(body), "a.pdf")}, headers=key_of(receipt))
        assert answer.status_code == (201 if number < 9 else 422), number
