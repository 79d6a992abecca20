"""Servers that post for many people."""

import dataclasses

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from services.intake.app import create_app
from services.intake.cli.forms import forms
from services.intake.settings import IntakeSettings
from services.intake.submissions.form_clients import add_client, list_clients, revoke_client
from shared.errors import Conflict
from tests.integration.intake.conftest import submission_fields


@pytest.fixture
def client(engine: Engine, intake_settings: IntakeSettings, redis_url: str) -> FlaskClient:
    return create_app(dataclasses.replace(intake_settings, limit_submissions="1/minute")).test_client()


def test_a_token_has_its_own_limit_instead_of_the_networks(engine: Engine, client: FlaskClient) -> None:
    token = {"Authorization": f"Bearer {add_client(engine, 'shop', 3)}"}
    statuses = [
        client.post("/v1/tickets", json=submission_fields(message=f"{n}"), headers=token).status_code for n in range(4)
    ]
    assert statuses == [201, 201, 201, 429]
    assert client.post("/v1/tickets", json=submission_fields(message="own")).status_code == 201
    assert client.post("/v1/tickets", json=submission_fields(message="own 2")).status_code == 429


def test_an_unknown_or_revoked_token_is_refused(engine: Engine, client: FlaskClient) -> None:
    token = add_client(engine, "shop", 3)
    revoke_client(engine, "shop")
    for bearer in (token, "vif_nonsense", ""):
        answer = client.post("/v1/tickets", json=submission_fields(), headers={"Authorization": f"Bearer {bearer}"})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_only_a_hash_is_kept_and_names_are_unique(engine: Engine) -> None:
    token = add_client(engine, "shop", 3)
    with pytest.raises(Conflict):
        add_client(engine, "shop", 5)
    with engine.connect() as connection:
        assert token not in str(connection.execute(text("select t::text from intake.form_tokens t")).all())
    assert [(one.name, one.per_minute) for one in list_clients(engine)] == [("shop", 3)]


def test_the_commands_add_list_and_revoke(engine: Engine, environment: dict[str, str]) -> None:
    runner = CliRunner(env=environment)
    assert runner.invoke(forms, ["add", "shop", "--per-minute", "9"]).output.startswith("vif_")
    assert runner.invoke(forms, ["add", "shop"]).exit_code == 1
    assert runner.invoke(forms, ["list"]).output == "shop\t9/minute\tactive\n"
    assert runner.invoke(forms, ["revoke", "shop"]).exit_code == 0
    assert runner.invoke(forms, ["revoke", "nobody"]).exit_code == 1
    assert "revoked" in runner.invoke(forms, ["list"]).output
