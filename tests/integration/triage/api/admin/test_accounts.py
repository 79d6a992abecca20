"""Accounts, tokens and teams by the API."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine

from shared.auth.teams import ensure_teams
from shared.auth.users import find_principal_by_id, find_user, list_users
from tests.integration.triage.conftest import Caller, People, Triage

LEA = {"email": "Lea@example.org", "name": "Lea", "role": "agent", "teams": ["ads"]}


def patch(caller: Caller, account: str, status: int = 200, **changes: Any) -> Any:
    answer = caller("PATCH", f"/v1/users/{account}", changes)
    assert answer.status_code == status, answer.text
    return answer.json


def test_an_account_is_made_changed_closed_and_opened(people: People, engine: Engine) -> None:
    admin = people("admin")
    made = admin.post("/v1/users", LEA, 201)
    assert made == {**LEA, "id": made["id"], "active": True, "created_at": made["created_at"]}
    assert made in people("auditor").get("/v1/users")["items"]
    changed = patch(admin, made["id"], name="Lea B", role="lead", teams=["billing", "ads"])
    assert changed == {**made, "name": "Lea B", "role": "lead", "teams": ["ads", "billing"]}
    assert patch(admin, made["id"]) == changed
    assert patch(admin, made["id"], active=False)["active"] is False
    with engine.begin() as connection:
        assert find_principal_by_id(connection, made["id"]) is None
    assert patch(admin, made["id"], active=False)["active"] is False
    assert patch(admin, made["id"], active=True, teams=[]) == {**changed, "teams": []}


def test_closing_ends_sessions_tokens_and_claims(people: People, triage: Triage) -> None:
    admin, agent = people("admin"), people("agent", "ads")
    reference = triage.submit("ads/metrics")
    agent.claim("ads")
    [account] = [one["id"] for one in admin.get("/v1/users")["items"] if one["email"] == agent.email]
    patch(admin, account, active=False)
    agent.get("/v1/me", 401)
    assert triage.ticket(reference).state == "open"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"email": "nobody"}, ["email"]),
        ({"email": "a b@example.org"}, ["email"]),
        ({"name": " "}, ["name"]),
        ({"name": "a\nb"}, ["name"]),
        ({"role": "service"}, ["role"]),
        ({"role": "king"}, ["role"]),
        ({"teams": ["ads", "sales"]}, ["teams"]),
        ({"password": "short"}, ["password"]),
        ({"colour": "red"}, ["colour"]),
        ({"email": None}, ["email"]),
    ],
)
def test_wrong_fields_are_named_and_nothing_is_made(
    people: People, engine: Engine, body: dict[str, Any], fields: list[str]
) -> None:
    admin = people("admin")
    assert sorted(admin.post("/v1/users", {**LEA, **body}, 422)["errors"]) == fields
    with engine.begin() as connection:
        assert [one.email for one in list_users(connection)] == [admin.email]


@pytest.mark.parametrize(
    "changes", [{"role": "service"}, {"teams": ["sales"]}, {"name": ""}, {"active": "no"}, {"active": 0}]
)
def test_a_wrong_change_changes_nothing(people: People, changes: dict[str, Any]) -> None:
    admin = people("admin")
    made = admin.post("/v1/users", LEA, 201)
    assert list(patch(admin, made["id"], 422, **{"name": "New", **changes})["errors"]) == list(changes)[-1:]
    assert made in admin.get("/v1/users")["items"]


def test_the_same_address_in_any_case_is_a_conflict(people: People) -> None:
    admin = people("admin")
    admin.post("/v1/users", LEA, 201)
    admin.post("/v1/users", {**LEA, "email": "lea@EXAMPLE.org"}, 409)


def test_admins_keep_their_own_account(people: People) -> None:
    admin = people("admin")
    [own] = admin.get("/v1/users")["items"]
    patch(admin, own["id"], 409, role="agent")
    patch(admin, own["id"], 409, active=False)
    assert patch(admin, own["id"], name="Me")["name"] == "Me"
    patch(admin, str(uuid4()), 404, name="Me")


@pytest.mark.parametrize("role", ["agent", "lead", "service"])
def test_others_see_teams_alone(people: People, engine: Engine, role: Any) -> None:
    with engine.begin() as connection:
        ensure_teams(connection, ["ads", "billing-2"])
    caller = people(role, "ads")
    for path in ("/v1/users", "/v1/tokens"):
        caller.get(path, 403)
    caller.post("/v1/users", LEA, 403)
    caller.post("/v1/tokens", {"name": "x", "role": "admin"}, 403)
    assert caller.get("/v1/teams")["items"] == [
        {"name": "ads", "title": "Ads", "active": True},
        {"name": "billing-2", "title": "Billing 2", "active": True},
    ]


def test_auditors_only_read(people: People) -> None:
    auditor = people("auditor")
    auditor.post("/v1/users", LEA, 403)
    auditor.post("/v1/tokens", {"name": "x", "role": "agent"}, 403)
    assert auditor("DELETE", f"/v1/tokens/{uuid4()}").status_code == 403


def test_a_token_has_its_role_and_teams_until_it_is_ended(people: People, app: Flask, triage: Triage) -> None:
    admin = people("admin")
    made = admin.post("/v1/tokens", {"name": "Import", "role": "agent", "teams": ["ads"]}, 201)
    assert set(made) == {"id", "name", "token"}
    program = Caller(app, made["token"], "Import")
    me = program.get("/v1/me")
    assert (me["name"], me["role"], me["teams"]) == ("Import", "agent", ["ads"])
    triage.submit("billing/cost")
    assert program.get("/v1/tickets")["items"] == []
    [shown] = [one for one in admin.get("/v1/tokens")["items"] if one["id"] == made["id"]]
    assert (shown["name"], shown["email"], shown["role"], shown["teams"]) == ("Import", None, "agent", ["ads"])
    assert "token" not in shown
    assert [one["email"] for one in admin.get("/v1/users")["items"]] == [admin.email]
    assert admin("DELETE", f"/v1/tokens/{made['id']}").status_code == 204
    program.get("/v1/me", 401)
    assert made["id"] not in [one["id"] for one in admin.get("/v1/tokens")["items"]]
    assert admin("DELETE", f"/v1/tokens/{made['id']}").status_code == 409
    assert admin("DELETE", f"/v1/tokens/{uuid4()}").status_code == 404


def test_a_program_owns_no_tickets(people: People, app: Flask, triage: Triage) -> None:
    made = people("admin").post("/v1/tokens", {"name": "Bot", "role": "agent", "teams": ["ads"]}, 201)
    bot = Caller(app, made["token"], "Bot")
    reference = triage.submit("ads/metrics")
    [claim] = bot.claim("ads")
    bot.post(
        f"/v1/tickets/{reference}/replies",
        {"message": "Beep", "claim": claim["claim"], "version": claim["version"]},
        201,
    )
    assert triage.ticket(reference).owner is None


def test_two_admins_change_teams_at_once(people: People, engine: Engine) -> None:
    admins = [people("admin"), people("admin", name="Bea")]
    made = admins[0].post("/v1/users", {**LEA, "teams": []}, 201)
    barrier, codes = threading.Barrier(2), []

    def change(admin: Caller, team: str) -> None:
        barrier.wait()
        codes.append(admin("PATCH", f"/v1/users/{made['id']}", {"teams": [team]}).status_code)

    threads = [
        threading.Thread(target=change, args=(admin, team))
        for admin, team in zip(admins, ("ads", "billing"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200, 200]
    with engine.begin() as connection:
        assert len(find_user(connection, "lea@example.org").teams) == 1


@pytest.mark.parametrize("body", [{"name": ""}, {"role": "service"}, {"teams": ["sales"]}, {"name": "x" * 101}])
def test_a_wrong_token_is_refused(people: People, body: dict[str, Any]) -> None:
    given = {"name": "Import", "role": "agent", "teams": [], **body}
    assert list(people("admin").post("/v1/tokens", given, 422)["errors"]) == list(body)


def test_ending_a_persons_token_leaves_the_account(people: People) -> None:
    admin, agent = people("admin"), people("agent", "ads")
    [token] = [one for one in admin.get("/v1/tokens")["items"] if one["email"] == agent.email]
    assert admin("DELETE", f"/v1/tokens/{token['id']}").status_code == 204
    agent.get("/v1/me", 401)
    assert [one["active"] for one in admin.get("/v1/users")["items"] if one["email"] == agent.email] == [True]
