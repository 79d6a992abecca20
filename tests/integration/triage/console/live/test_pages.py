"""What the console's scripts ask for, and the list of notifications."""

from typing import Any

import pytest
from sqlalchemy import Engine

from services.triage.notifications.notify_person import notify_person
from shared.auth.users import find_user
from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn, Visitor


def notified(engine: Engine, visitor_email: str, reference: str, kind: str = "mention") -> int:
    with engine.begin() as connection:
        account = find_user(connection, visitor_email).id
        return notify_person(connection, account, kind, reference, {"by": "Bo"})


def news_at(visitor: Visitor, path: str) -> dict[str, Any]:
    found: dict[str, Any] = visitor.open(path).get_json()
    return found


def unread(triage: Triage) -> int:
    return int(triage.rows("select count(*) as n from triage.notifications where read_at is null")[0].n)


def test_pages_may_connect_to_the_stream(signed_in: SignedIn, triage: Triage) -> None:
    agent = signed_in("Anna", "agent", "ads")
    reference = triage.submit("ads/metrics")
    for path in ("/queues/ads", f"/tickets/{reference}", "/notifications", "/yours"):
        answer = agent.open(path)
        assert "connect-src 'self' http://127.0.0.1:8003;" in answer.headers["Content-Security-Policy"]
        assert 'data-stream="http://127.0.0.1:8003/v1/live"' in answer.text
    assert "data-stream=" not in Visitor(agent.client.application.test_client()).get("/login")


def test_a_token_is_made_for_the_session(signed_in: SignedIn, triage: Triage) -> None:
    agent = signed_in("Anna", "agent", "ads")
    agent.get("/queues/ads")
    assert agent.post("/live/token", 200).get_json()["token"]
    [row] = triage.rows("select credential, credential_hash from triage.live_tokens")
    assert row.credential == "session"
    [session] = triage.rows("select hash from auth.sessions")
    assert bytes(row.credential_hash) == bytes(session.hash)
    agent.token = "wrong"
    agent.post("/live/token", 403)


def test_presence_is_told_and_reads_the_ticket(signed_in: SignedIn, triage: Triage, engine: Engine) -> None:
    anna, bo = signed_in("Anna", "agent", "ads"), signed_in("Bo", "agent", "ads")
    reference, other = triage.submit("ads/metrics"), triage.submit("ads/metrics")
    people = triage.rows("select email, name from auth.users order by created_at")
    notified(engine, people[0].email, reference)
    notified(engine, people[0].email, other)
    for visitor in (anna, bo):
        visitor.get(f"/tickets/{reference}")
    assert anna.post(f"/tickets/{reference}/presence", 200, doing="viewing").json == {"present": []}
    assert unread(triage) == 1
    told = bo.post(f"/tickets/{reference}/presence", 200, doing="writing").json
    assert told == {"present": [{"name": people[0].name, "doing": "viewing"}]}
    anna.post(f"/tickets/{reference}/presence", 200, doing="left")
    assert bo.post(f"/tickets/{reference}/presence", 200, doing="viewing").json == {"present": []}
    anna.post(f"/tickets/{reference}/presence", 422, doing="sleeping")


def test_presence_of_another_teams_ticket(signed_in: SignedIn, triage: Triage) -> None:
    agent = signed_in("Bea", "agent", "billing")
    agent.get("/queues/billing")
    agent.post(f"/tickets/{triage.submit('ads/metrics')}/presence", 403, doing="viewing")
    agent.post("/tickets/T-0000-0000/presence", 404, doing="viewing")


def test_notifications_are_shown_and_marked(signed_in: SignedIn, triage: Triage, engine: Engine) -> None:
    agent = signed_in("Anna", "agent", "ads")
    email = triage.rows("select email from auth.users")[0].email
    assert "Nothing yet" in agent.get("/notifications")
    reference = triage.submit("ads/metrics")
    first = notified(engine, email, reference)
    notified(engine, email, reference, "unknown_kind")
    page = agent.get("/notifications")
    assert "mentioned you in an internal note" in page
    assert "News of a ticket" in page
    assert 'data-unread="2"' in page
    agent.post("/notifications/read", id=first)
    assert unread(triage) == 1
    agent.post("/notifications/read")
    assert unread(triage) == 0
    assert "Mark all as read" not in agent.get("/notifications")


@pytest.mark.parametrize("given", ["x", "-1", "1" * 19, "1.5"])
def test_a_wrong_id_is_refused(signed_in: SignedIn, given: str) -> None:
    agent = signed_in("Anna", "agent", "ads")
    agent.get("/notifications")
    agent.post("/notifications/read", 422, id=given)


def test_many_notifications_have_pages(signed_in: SignedIn, triage: Triage) -> None:
    agent = signed_in("Anna", "agent", "ads")
    triage.rows(
        "insert into triage.notifications (account, kind, ticket)"
        " select id, 'mention', 'T-' || number from auth.users, generate_series(1, 120) as number"
    )
    page = agent.get("/notifications")
    assert page.count('<li class="unread">') == 50
    assert ">99+<" in page
    cursor = page.partition("/notifications?cursor=")[2].partition('"')[0]
    assert "T-70<" in agent.get(f"/notifications?cursor={cursor}")
    agent.get("/notifications?cursor=nonsense", 422)


def test_news_of_a_ticket_name_the_writer(signed_in: SignedIn, triage: Triage) -> None:
    agent = signed_in("Anna", "agent", "ads")
    reference = triage.submit("ads/metrics", name="Maja")
    line = news_at(agent, f"/tickets/{reference}/news")
    assert line["words"] == "This ticket has news"
    triage.follow_up(reference, message="Hello?")
    news = news_at(agent, f"/tickets/{reference}/news?line={line['line']}")
    assert news["line"] > line["line"]
    assert news["words"] == "Maja wrote again"
    assert news_at(agent, f"/tickets/{reference}/news?line=x") == news
    signed_in("Bea", "agent", "billing").open(f"/tickets/{reference}/news", 403)


def test_news_of_ones_own_tickets(signed_in: SignedIn, triage: Triage) -> None:
    agent = signed_in("Anna", "agent", "ads")
    reference = triage.submit("ads/metrics")
    before = news_at(agent, "/yours/news")["mark"]
    triage.rows("update triage.tickets set owner = (select id from auth.users)")
    owned = news_at(agent, "/yours/news")["mark"]
    triage.follow_up(reference, message="Hello?")
    followed_up = news_at(agent, "/yours/news")["mark"]
    assert len({before, owned, followed_up}) == 3
    assert f'data-mark="{followed_up}"' in agent.get("/yours")
