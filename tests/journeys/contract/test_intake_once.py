"""One submission is one ticket: keys, content, and the form's own token."""

from collections.abc import Callable

import pytest
import requests

from tests.journeys.contract.conftest import Api, Submission, problem
from tests.samples.files import png

Make = Callable[..., Submission]


def _send(api: Api, submission: Submission, key: str) -> requests.Response:
    return api.send(submission, headers={"Idempotency-Key": key})


def test_the_same_key_and_submission_is_the_same_answer(api: Api, submission: Make) -> None:
    mine = submission()
    first, again = _send(api, mine, "k-" + mine["email"]), _send(api, mine, "k-" + mine["email"])
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.headers["Location"] == again.headers["Location"]


def test_content_is_compared_as_parsed(api: Api, submission: Make) -> None:
    mine = submission(category="billing/receipt", details={"invoice_month": "2026-10"})
    first = _send(api, mine, "k-" + mine["email"])
    spaced = (
        '{ "details" : {"invoice_month":"2026-10"}, "message": "%s", "email": "%s", "category": "billing/receipt" }'
    )
    again = api.post(
        "intake",
        "/v1/tickets",
        data=spaced % (mine["message"], mine["email"]),
        headers={"Content-Type": "application/json", "Idempotency-Key": "k-" + mine["email"]},
    )
    assert again.json() == first.json()


def test_the_same_key_with_another_submission_is_422(api: Api, submission: Make) -> None:
    mine = submission()
    assert _send(api, mine, "k-" + mine["email"]).status_code == 201
    problem(_send(api, mine | {"message": "Another."}, "k-" + mine["email"]), 422)


def test_a_key_whose_submission_was_refused_stays_free(api: Api, submission: Make) -> None:
    mine = submission()
    problem(_send(api, mine | {"message": ""}, "k-" + mine["email"]), 422)
    assert _send(api, mine, "k-" + mine["email"]).status_code == 201


def test_two_keys_are_two_tickets_whatever_the_content(api: Api, submission: Make) -> None:
    mine = submission()
    one, other = (_send(api, mine, f"{number}-{mine['email']}").json() for number in "ab")
    assert one["reference"] != other["reference"]


def test_without_a_key_an_equal_submission_is_the_same_ticket(api: Api, submission: Make) -> None:
    mine = submission()
    first, again = api.send(mine), api.send(mine)
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert api.send(mine | {"subject": "Another"}).json()["reference"] != first.json()["reference"]


def test_a_file_is_part_of_the_content(api: Api, submission: Make) -> None:
    mine = submission()
    sent = [
        api.post("intake", "/v1/tickets", data=mine, files={"attachment": (name, png(), "image/png")}).json()[
            "reference"
        ]
        for name in ("a.png", "a.png")
    ]
    assert sent[0] == sent[1]
    assert api.send(mine).json()["reference"] != sent[0]


@pytest.mark.parametrize("key", ["", "with space", "x" * 256, "ä"])
def test_a_malformed_key_is_400(api: Api, submission: Make, key: str) -> None:
    problem(api.send(submission(), headers={"Idempotency-Key": key.encode("latin-1")}), 400)


def test_the_longest_key_is_accepted(api: Api, submission: Make) -> None:
    mine = submission()
    assert _send(api, mine, (mine["email"] + "x" * 255)[:255]).status_code == 201
