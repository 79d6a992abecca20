"""Limits as the contract has them: only accepted submissions count, and a replay is always answered."""

import dataclasses

from flask.testing import FlaskClient
from sqlalchemy import Engine

from services.intake.app import create_app
from services.intake.settings import IntakeSettings
from tests.integration.intake.conftest import submission_fields


def client_of(settings: IntakeSettings, **changed: object) -> FlaskClient:
    return create_app(dataclasses.replace(settings, **changed)).test_client()  # type: ignore[arg-type]


def test_beyond_the_networks_limit_a_submission_is_refused(
    engine: Engine, intake_settings: IntakeSettings, redis_url: str
) -> None:
    client = client_of(intake_settings, limit_submissions="3/minute")
    for number in range(3):
        assert client.post("/v1/tickets", json=submission_fields(message=f"{number}")).status_code == 201
    refused = client.post("/v1/tickets", json=submission_fields(message="more"))
    assert refused.status_code == 429
    assert refused.content_type == "application/problem+json"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    again = client.post("/v1/tickets", json=submission_fields(message="0"))
    assert again.status_code == 201, "a replay is answered all the same"
    other = client.post(
        "/v1/tickets", json=submission_fields(message="more"), environ_base={"REMOTE_ADDR": "192.0.2.9"}
    )
    assert other.status_code == 201


def test_refused_and_replayed_submissions_do_not_count(
    engine: Engine, intake_settings: IntakeSettings, redis_url: str
) -> None:
    client = client_of(intake_settings, limit_submissions="2/minute")
    assert client.post("/v1/tickets", json=submission_fields()).status_code == 201
    for _ in range(5):
        assert client.post("/v1/tickets", json=submission_fields(email="x")).status_code == 422
        assert client.post("/v1/tickets", json=submission_fields()).headers["Idempotency-Replayed"] == "true"
    assert client.post("/v1/tickets", json=submission_fields(message="second")).status_code == 201
    assert client.post("/v1/tickets", json=submission_fields(message="third")).status_code == 429


def test_refused_posts_have_a_limit_of_their_own(
    engine: Engine, intake_settings: IntakeSettings, redis_url: str
) -> None:
    client = client_of(intake_settings, limit_refused="4/minute")
    statuses = [client.post("/v1/tickets", json={}).status_code for _ in range(6)]
    assert statuses == [422, 422, 422, 422, 429, 429]
    assert client.post("/v1/tickets", json=submission_fields()).status_code == 201


def test_one_address_has_its_limit_whatever_the_tag_and_network(
    engine: Engine, intake_settings: IntakeSettings, redis_url: str
) -> None:
    client = client_of(intake_settings, limit_notes="2/day")
    for number, email in enumerate(["Ann@example.com", "ann+x@example.com", "ANN@example.com"]):
        answer = client.post(
            "/v1/tickets",
            json=submission_fields(email=email, message=f"{number}"),
            environ_base={"REMOTE_ADDR": f"192.0.2.{number}"},
        )
        assert answer.status_code == (201 if number < 2 else 429)


def test_addresses_of_one_ipv6_network_count_together(
    engine: Engine, intake_settings: IntakeSettings, redis_url: str
) -> None:
    client = client_of(intake_settings, limit_submissions="1/minute")
    for number, expected in ((1, 201), (2, 429)):
        where = {"REMOTE_ADDR": f"2001:db8:1:2::{number}"}
        assert (
            client.post("/v1/tickets", json=submission_fields(message=f"{number}"), environ_base=where).status_code
            == expected
        )


def test_a_forwarded_address_is_believed_only_behind_a_proxy_of_ours(
    engine: Engine, intake_settings: IntakeSettings, redis_url: str
) -> None:
    for proxies, expected in ((0, 429), (1, 201)):
        client = client_of(intake_settings, limit_submissions="1/minute", proxies=proxies)
        first, second = (
            client.post(
                "/v1/tickets",
                json=submission_fields(message=f"{proxies} {number}"),
                headers={"X-Forwarded-For": f"198.51.100.{number}"},
                environ_base={"REMOTE_ADDR": f"192.0.2.{proxies}"},
            ).status_code
            for number in (1, 2)
        )
        assert (first, second) == (201, expected)


def test_follow_ups_to_one_ticket_are_limited(engine: Engine, intake_settings: IntakeSettings, redis_url: str) -> None:
    client = client_of(intake_settings, limit_follow_ups="2/hour")
    receipt = client.post("/v1/tickets", json=submission_fields()).json
    assert receipt is not None
    key = {"Authorization": "Bearer " + receipt["status_url"].rpartition("key=")[2]}
    statuses = [
        client.post(
            f"/v1/tickets/{receipt['reference']}/follow-ups", json={"message": f"{number}"}, headers=key
        ).status_code
        for number in range(3)
    ]
    assert statuses == [201, 201, 429]


def test_an_empty_limit_is_off(engine: Engine, intake_settings: IntakeSettings, redis_url: str) -> None:
    client = client_of(intake_settings, limit_submissions="", limit_notes="", limit_refused="")
    statuses = {
        client.post("/v1/tickets", json=submission_fields(message=f"{number}")).status_code for number in range(70)
    }
    assert statuses == {201}
