"""Inbound mails over the API: who may read them, and having a ticket made of one."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from services.intake.deps import Deps
from shared.auth.tokens import make_token
from shared.auth.users import make_user
from shared.http.authorisation import authorisation_of_routes
from tests.integration.intake.inbound_mail.arriving import arrive, read_all
from tests.samples import mails

Token = Callable[..., dict[str, str]]


@pytest.fixture
def token(engine: Engine) -> Token:
    """`token("agent", "ads")`, and with scopes."""

    def make(role: str, *teams: str, scopes: list[str] | None = None) -> dict[str, str]:
        with engine.begin() as connection:
            user = make_user(connection, f"{role}@example.com", role, role, teams)
            return {"Authorization": f"Bearer {make_token(connection, user, 'test', scopes)}"}

    return make


def unsure(deps: Deps) -> str:
    """The id of a mail that may be a person's."""
    name = arrive(
        deps, mails.raw("My account is locked.", "text/plain", "List-Id: <help.example.com>"), None, "unknown"
    )
    read_all(deps)
    return name.removeprefix("mail/")


def test_a_person_reads_one_and_has_a_ticket_made_of_it(deps: Deps, client: FlaskClient, token: Token) -> None:
    agent, name = token("agent", "ads"), unsure(deps)
    [shown] = client.get("/v1/mails?state=unsure", headers=agent).json["items"]  # type: ignore[index]
    assert (shown["id"], shown["address"], shown["ticket"]) == (name, "ann@example.com", None)
    assert shown["because"] == "a machine may have written it: List-Id"
    whole = client.get(f"/v1/mails/{name}", headers=agent).json
    assert whole is not None
    assert (whole["sender"], whole["message"], whole["files"]) == ("ann@example.com", "My account is locked.", [])
    wanted = {"category": "account/other"}
    assert client.post(f"/v1/mails/{name}/ticket", json=wanted, headers=agent).status_code == 202
    assert client.post(f"/v1/mails/{name}/ticket", json=wanted, headers=agent).status_code == 409
    read_all(deps)
    opened = client.get(f"/v1/mails/{name}", headers=agent).json
    assert opened is not None
    assert (opened["state"], bool(opened["ticket"])) == ("opened", True)


def test_pages_hold_each_mail_once(deps: Deps, client: FlaskClient, token: Token) -> None:
    agent = token("agent", "ads")
    for number in range(5):
        sample = mails.plain().replace(b"<1@", b"<%d@" % number)
        arrive(deps, sample, None, "unknown")
    read_all(deps)
    seen, cursor = [], ""
    for _ in range(3):
        answer = client.get(f"/v1/mails?limit=2&cursor={cursor}", headers=agent).json
        assert answer is not None
        seen += [one["id"] for one in answer["items"]]
        cursor = answer["next_cursor"] or ""
    assert (len(seen), len(set(seen)), cursor) == (5, 5, "")


@pytest.mark.parametrize("category", ["account/none", "business/buyable-pins", ""])
def test_a_category_that_no_mail_can_have_is_an_error(
    deps: Deps, client: FlaskClient, token: Token, category: str
) -> None:
    answer = client.post(f"/v1/mails/{unsure(deps)}/ticket", json={"category": category}, headers=token("admin"))
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"].keys() == {"category"}


def test_who_may(deps: Deps, client: FlaskClient, token: Token) -> None:
    name = unsure(deps)
    wanted = {"category": "account/other"}
    auditor = token("auditor")
    assert client.get(f"/v1/mails/{name}", headers=auditor).status_code == 200
    assert client.post(f"/v1/mails/{name}/ticket", json=wanted, headers=auditor).status_code == 403
    # It belongs to no team, so a token for one team does not reach it.
    bound = token("agent", "ads", scopes=["write", "team:ads"])
    assert client.get("/v1/mails", headers=bound).status_code == 403


def test_a_stranger_is_asked_for_a_token_first(app: Flask, client: FlaskClient) -> None:
    marks = {rule: mark for rule, mark in authorisation_of_routes(app).items() if "/v1/mails" in rule}
    assert marks == {
        "GET /v1/mails": "token:mails.read",
        "GET /v1/mails/<name>": "token:mails.read",
        "POST /v1/mails/<name>/ticket": "token:mails.write",
    }
    for rule in marks:
        method, _, path = rule.partition(" ")
        assert client.open(path.replace("<name>", "x"), method=method, data=b"{").status_code == 401
