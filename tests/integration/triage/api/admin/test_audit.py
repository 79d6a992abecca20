"""The audit log by its API: who did what, found by each of its filters."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from services.triage.people.set_password import set_password
from shared.audit.record import SYSTEM, record_audit
from shared.auth.sign_in import sign_in
from shared.auth.users import disable, find_principal_by_id, find_user, make_user
from shared.errors import Unauthenticated
from tests.integration.triage.conftest import Caller, People

PASSWORD = "correct horse battery"


def entries(caller: Caller, query: str = "") -> list[Any]:
    return list(caller.get(f"/v1/audit?{query}")["items"])


def record(engine: Engine, action: str = "user.closed", target: str = "user/x") -> None:
    with engine.begin() as connection:
        record_audit(connection, SYSTEM, action, target)


def test_what_an_admin_does_is_recorded_with_before_and_after(people: People) -> None:
    admin = people("admin")
    made = admin.post("/v1/users", {"email": "Lea@example.org", "name": "Lea", "role": "agent", "teams": ["ads"]}, 201)
    admin("PATCH", f"/v1/users/{made['id']}", {"role": "lead", "name": "Lea B"})
    changed, created = entries(admin, f"target=user/{made['id']}")
    assert (created["action"], created["actor"], created["before"]) == ("user.created", admin.email, None)
    assert created["after"] == {"role": "agent", "teams": ["ads"], "active": True}
    assert (changed["action"], changed["before"]) == ("user.changed", {"role": "agent"})
    assert changed["after"] == {"role": "lead", "name": "changed"}
    assert set(changed) == {"id", "at", "actor", "action", "target", "before", "after", "ip"}
    assert changed["ip"] == "127.0.0.1"
    admin("PATCH", f"/v1/users/{made['id']}", {"role": "lead"})
    assert len(entries(admin, f"target=user/{made['id']}")) == 2, "nothing changed"


def test_each_filter(people: People, engine: Engine) -> None:
    admin = people("admin")
    record(engine)
    record(engine, "token.created", "token/1")
    made = admin.post("/v1/users", {"email": "bo@example.org", "name": "Bo", "role": "agent"}, 201)
    assert [one["target"] for one in entries(admin, "actor=system")] == ["token/1", "user/x"]
    assert [one["target"] for one in entries(admin, f"actor={quote(admin.email.upper())}")] == [f"user/{made['id']}"]
    assert [one["target"] for one in entries(admin, "action=token.created")] == ["token/1"]
    assert entries(admin, "target=token/1&actor=nobody@example.org") == []
    at = entries(admin, "target=token/1")[0]["at"]
    later = (datetime.fromisoformat(at) + timedelta(microseconds=1)).isoformat()
    assert "token/1" in [one["target"] for one in entries(admin, f"from={quote(at)}")]
    assert "token/1" not in [one["target"] for one in entries(admin, f"to={quote(at)}")]
    assert [one["target"] for one in entries(admin, f"from={quote(at)}&to={quote(later)}")] == ["token/1"]


@pytest.mark.parametrize("query", ["from=yesterday", "to=2026-11-01", "cursor=x", "limit=0"])
def test_a_bad_query_is_refused(people: People, query: str) -> None:
    assert people("admin")("GET", f"/v1/audit?{query}").status_code == 422


def test_pages_while_entries_are_added(people: People, engine: Engine) -> None:
    auditor = people("auditor")
    for number in range(5):
        record(engine, target=f"user/{number}")
    first = auditor.get("/v1/audit?limit=2&actor=system")
    record(engine, target="user/new")
    second = auditor.get(f"/v1/audit?limit=9&actor=system&cursor={first['next_cursor']}")
    assert [one["target"] for one in first["items"] + second["items"]] == [f"user/{n}" for n in (4, 3, 2, 1, 0)]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("role", ["agent", "lead", "service"])
def test_others_may_not_read_it(people: People, role: Any) -> None:
    people(role, "ads").get("/v1/audit", 403)


def test_sign_ins_and_refused_ones(people: People, engine: Engine) -> None:
    auditor = people("auditor")
    with engine.begin() as connection:
        account = make_user(connection, "lea@example.org", "Lea", "agent", (), PASSWORD)
    for email in ("lea@example.org", "nobody@example.org"):
        with pytest.raises(Unauthenticated):
            sign_in(engine, email, "wrong", "network", None, ip="192.0.2.7")
    sign_in(engine, "lea@example.org", PASSWORD, "network", None, ip="192.0.2.7")
    started, unknown, known = entries(auditor)
    assert (started["action"], started["actor"], started["ip"]) == ("session.started", "lea@example.org", "192.0.2.7")
    assert (known["action"], known["actor"], known["target"]) == ("session.refused", "system", f"user/{account}")
    assert (unknown["action"], unknown["target"]) == ("session.refused", "user"), (
        "an address without an account is not kept"
    )


def test_a_refused_closed_account_is_named_and_invented_addresses_are_bounded(people: People, engine: Engine) -> None:
    auditor = people("auditor")
    with engine.begin() as connection:
        account = make_user(connection, "lea@example.org", "Lea", "agent", (), PASSWORD)
        disable(connection, account)
        connection.exec_driver_sql(
            "insert into audit.entries (action, target) select 'session.refused', 'user' from generate_series(1, 1000)"
        )
    for email in ("lea@example.org", "nobody@example.org"):
        with pytest.raises(Unauthenticated):
            sign_in(engine, email, PASSWORD, "network", None)
    [entry] = entries(auditor, f"target=user/{account}&action=session.refused")
    assert entry["actor"] == "system"
    with engine.begin() as connection:
        assert connection.exec_driver_sql("select count(*) from audit.entries where target = 'user'").scalar() == 1000


def test_an_erased_person_stays_as_an_id(people: People, engine: Engine) -> None:
    admin, auditor = people("admin"), people("auditor")
    with engine.begin() as connection:
        person = find_principal_by_id(connection, find_user(connection, admin.email).id)
        assert person is not None
        set_password(connection, person.id, person, None, PASSWORD)
        connection.exec_driver_sql("delete from audit.people")
    [entry] = entries(auditor)
    assert (entry["actor"], entry["target"]) == ("erased", f"user/{person.id}")


def test_an_unknown_action_is_a_mistake(engine: Engine) -> None:
    with pytest.raises(ValueError, match=r"user\.painted"):
        record(engine, "user.painted")


@pytest.mark.parametrize(
    "change", ["update audit.entries set action = 'x'", "delete from audit.entries", "truncate audit.entries"]
)
def test_an_entry_is_never_changed(engine: Engine, change: str) -> None:
    record(engine)
    with engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.exec_driver_sql(change)


def test_rules(people: People) -> None:
    admin = people("admin")
    document = admin.get("/v1/rulesets/active")["document"]
    number = admin.post("/v1/rulesets", {"document": document, "comment": "again"}, 201)["number"]
    admin.post(f"/v1/rulesets/{number}/activation", {"comment": "now"}, 200)
    [entry] = entries(admin, "action=ruleset.activated")
    assert (entry["actor"], entry["target"]) == (admin.email, f"ruleset/{number}")
    assert (entry["before"], entry["after"]) == ({"active": 1}, {"active": number})
    assert datetime.fromisoformat(entry["at"]) <= datetime.now(UTC)
