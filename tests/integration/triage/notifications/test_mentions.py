"""Mentions in internal notes, and one's own notifications."""

from typing import Any

import pytest

from services.triage.notifications.clear_notifications import clear_notifications
from services.triage.notifications.mail_mentions import mail_mentions
from services.triage.notifications.notify_person import notify_person
from shared.auth.tokens import make_token
from shared.auth.users import disable, find_user, make_user, set_teams
from tests.integration.triage.conftest import Caller, People, Triage


def account(people: People, email: str, *teams: str, name: str = "Bo", role: Any = "agent") -> Caller:
    with people.engine.begin() as connection:
        user = make_user(connection, email, name, role, teams)
        return Caller(people.app, make_token(connection, user, "test"), name, email)


def note(writer: Caller, reference: str, message: str, status: int = 201) -> Any:
    return writer.post(f"/v1/tickets/{reference}/notes", {"message": message}, status)


def unread(reader: Caller) -> list[Any]:
    items: list[Any] = reader.get("/v1/notifications?unread=true")["items"]
    return items


@pytest.mark.parametrize("name", ["@bo", "@BO", "@bo@example.com", "@Bo@Example.COM"])
def test_a_mention_is_a_notification(people: People, triage: Triage, name: str) -> None:
    writer, bo = people("agent", "ads"), account(people, "bo@example.com", "ads")
    reference = triage.submit("ads/metrics")
    entry = note(writer, reference, f"{name}, can you look? {name}!")["entry"]
    [found] = unread(bo)
    assert (found["kind"], found["ticket"], found["read_at"]) == ("mention", reference, None)
    assert set(found) == {"id", "kind", "ticket", "at", "read_at"}
    assert entry["facts"]["notified"] == ["Bo"]
    assert unread(writer) == []


def test_who_may_not_read_is_not_notified_and_the_writer_is_told(people: People, triage: Triage) -> None:
    writer, bo = people("agent", "ads"), account(people, "bo@example.com", "billing")
    auditor, closed = account(people, "audrey@example.com", role="auditor"), account(people, "carl@example.com", "ads")
    with people.engine.begin() as connection:
        disable(connection, find_user(connection, closed.email).id)
    entry = note(writer, triage.submit("ads/metrics"), "@bo @audrey @carl @nobody")["entry"]
    assert unread(bo) == []
    assert len(unread(auditor)) == 1
    assert entry["facts"]["not_notified"] == ["bo@example.com"]
    assert triage.rows("select count(*) as n from triage.notifications")[0].n == 1


def test_an_ambiguous_name_is_refused_and_names_both(people: People, triage: Triage) -> None:
    writer = people("agent", "ads")
    one, other = account(people, "bo@example.com", "ads"), account(people, "bo@example.org", "billing")
    reference = triage.submit("ads/metrics")
    errors = note(writer, reference, "@bo", 422)["errors"]
    assert list(errors) == ["message"]
    assert "@bo@example.com" in errors["message"][0]
    assert "@bo@example.org" in errors["message"][0]
    assert "noted" not in triage.timeline(reference)
    note(writer, reference, "@bo@example.com")
    assert (len(unread(one)), len(unread(other))) == (1, 0)


def test_too_many_names_are_refused(people: People, triage: Triage) -> None:
    message = " ".join(f"@name{number}" for number in range(51))
    assert "message" in note(people("agent", "ads"), triage.submit("ads/metrics"), message, 422)["errors"]


def test_a_repeated_note_notifies_once(people: People, triage: Triage) -> None:
    writer, bo = people("agent", "ads"), account(people, "bo@example.com", "ads")
    writer.headers["Idempotency-Key"] = "once"
    reference = triage.submit("ads/metrics")
    for _ in range(2):
        note(writer, reference, "@bo")
    assert len(unread(bo)) == 1


def test_notifications_are_read(people: People, triage: Triage) -> None:
    writer, bo, other = people("agent", "ads"), account(people, "bo@example.com", "ads"), people("agent", "ads")
    for _ in range(3):
        note(writer, triage.submit("ads/metrics"), "@bo")
    newest, middle, oldest = unread(bo)
    assert other("POST", "/v1/notifications/read", {"ids": [newest["id"]]}).status_code == 204
    assert bo("POST", "/v1/notifications/read", {"ids": [middle["id"], 999_999]}).status_code == 204
    assert [one["id"] for one in unread(bo)] == [newest["id"], oldest["id"]]
    everything = bo.get("/v1/notifications")["items"]
    assert [one["read_at"] is None for one in everything] == [True, False, True]
    assert bo("POST", "/v1/notifications/read", {"all": True}).status_code == 204
    assert unread(bo) == []
    page = bo.get("/v1/notifications?limit=2")
    assert [one["id"] for one in page["items"]] == [newest["id"], middle["id"]]
    rest = bo.get(f"/v1/notifications?limit=2&cursor={page['next_cursor']}")
    assert ([one["id"] for one in rest["items"]], rest["next_cursor"]) == ([oldest["id"]], None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "ids"),
        ({"ids": [], "all": None}, "ids"),
        ({"ids": [1], "all": True}, "ids"),
        ({"all": False}, "all"),
        ({"ids": ["x"]}, "ids[0]"),
        ({"ids": [0]}, "ids[0]"),
        ({"ids": list(range(1, 202))}, "ids"),
        ({"ids": [1], "more": 1}, "more"),
    ],
)
def test_bad_bodies(people: People, body: Any, field: str) -> None:
    assert field in people("agent", "ads").post("/v1/notifications/read", body, 422)["errors"]


def test_bad_queries(people: People) -> None:
    for query, field in (("unread=maybe", "unread"), ("limit=0", "limit"), ("cursor=x", "cursor")):
        assert field in people("agent", "ads").get(f"/v1/notifications?{query}", 422)["errors"]


def mailed(triage: Triage) -> list[Any]:
    return triage.rows("select payload, personal from events.log where type = 'PersonMentioned' order by id")


def run_mails(triage: Triage, minutes: float) -> None:
    with triage.engine.begin() as connection:
        mail_mentions(connection, minutes)


def test_an_unread_mention_is_mailed_once_without_its_text(people: People, triage: Triage) -> None:
    writer, bo, reader = (
        people("agent", "ads"),
        account(people, "bo@example.com", "ads"),
        account(people, "cleo@x.org", "ads"),
    )
    reference = triage.submit("ads/metrics")
    note(writer, reference, "@bo @cleo a secret")
    run_mails(triage, 10)
    assert mailed(triage) == []
    triage.rows("update triage.notifications set at = at - interval '10 minutes'")
    assert reader("POST", "/v1/notifications/read", {"all": True}).status_code == 204
    for _ in range(2):
        run_mails(triage, 10)
    [event] = mailed(triage)
    assert event.payload == {"locale": "en", "reference": reference, "by": writer.name}
    assert event.personal == {"email": bo.email}


def test_nobody_is_mailed_who_may_no_longer_read(people: People, triage: Triage) -> None:
    writer, moved, closed = (
        people("agent", "ads"),
        account(people, "bo@example.com", "ads"),
        account(people, "cleo@x.org", "ads"),
    )
    note(writer, triage.submit("ads/metrics"), "@bo @cleo")
    with people.engine.begin() as connection:
        set_teams(connection, find_user(connection, moved.email).id, ["billing"])
        disable(connection, find_user(connection, closed.email).id)
    run_mails(triage, 0)
    assert mailed(triage) == []
    assert triage.rows("select count(*) as n from triage.notifications where mailed_at is null")[0].n == 0


def test_other_kinds_are_shown_and_not_mailed(people: People, triage: Triage) -> None:
    bo, reference = account(people, "bo@example.com", "ads"), triage.submit("ads/metrics")
    with people.engine.begin() as connection:
        notify_person(connection, find_user(connection, bo.email).id, "not_sent", reference)
    run_mails(triage, 0)
    assert [one["kind"] for one in unread(bo)] == ["not_sent"]
    assert mailed(triage) == []


def test_old_ones_are_forgotten(people: People, triage: Triage) -> None:
    bo, reference = account(people, "bo@example.com", "ads"), triage.submit("ads/metrics")
    with people.engine.begin() as connection:
        old, _ = (notify_person(connection, find_user(connection, bo.email).id, "mention", reference) for _ in range(2))
    triage.rows("update triage.notifications set at = at - interval '91 days' where id = :id", id=old)
    with people.engine.begin() as connection:
        assert clear_notifications(connection)
        assert not clear_notifications(connection)
    assert len(unread(bo)) == 1
