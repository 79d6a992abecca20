"""A forgotten password and an invitation, at the console and by the API."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text

from shared.auth.password_links import make_link
from shared.auth.users import disable, find_user, make_user
from shared.ticket_keys import password_token
from tests.integration.triage.conftest import People, Triage
from tests.integration.triage.console.conftest import PASSWORD, SignedIn, Visitor

SECRET = "a-secret-of-the-tests-alone"
NEW = "another horse battery"
_AGE = text("update auth.password_links set expires_at = expires_at - cast(:by as interval)")


@pytest.fixture
def lea(engine: Engine) -> UUID:
    with engine.begin() as connection:
        return make_user(connection, "lea@example.org", "Lea", "agent", ["ads"], PASSWORD)


def made_links(triage: Triage) -> list[dict[str, Any]]:
    rows = triage.rows("select payload, personal from events.log where type = 'PasswordLinkMade' order by id")
    return [{**row.payload, **row.personal} for row in rows]


def path_of(link: str) -> str:
    return f"/password/{link}?token={password_token(SECRET, UUID(link))}"


def ask(visitor: Visitor, email: str, status: int = 303) -> str:
    visitor.get("/forgotten-password")
    return visitor.post("/forgotten-password", status, email=email).text


def choose(visitor: Visitor, link: str, password: str = NEW, status: int = 303, token: str | None = None) -> str:
    visitor.get("/login")
    given = password_token(SECRET, UUID(link)) if token is None else token
    return visitor.post(f"/password/{link}", status, token=given, new=password).text


def test_a_link_is_sent_and_works_once(triage: Triage, visitor: Visitor, lea: UUID) -> None:
    ask(visitor, " LEA@example.org ")
    [made] = made_links(triage)
    assert (made["kind"], made["email"], made["locale"]) == ("reset", "lea@example.org", "en")
    page = visitor.get(path_of(made["link"]))
    assert "lea@example.org" in page
    assert 'name="new"' in visitor.get(path_of(made["link"])), "opening it changes nothing"
    choose(visitor, made["link"])
    assert "works no more" in visitor.get(path_of(made["link"]), 404)
    assert "works no more" in choose(visitor, made["link"], status=404)
    visitor.sign_in("lea@example.org", PASSWORD, 401)
    visitor.sign_in("lea@example.org", NEW)


def test_an_unknown_a_closed_and_a_programs_account_look_the_same(
    triage: Triage, people: People, visitor: Visitor, lea: UUID, engine: Engine
) -> None:
    with engine.begin() as connection:
        disable(connection, lea)
    service = people("service", "ads")
    answers = {ask(visitor, email) for email in ("lea@example.org", "nobody@example.org", service.email)}
    assert len(answers) == 1
    assert made_links(triage) == []


def test_what_is_no_address_is_told_and_kept(visitor: Visitor) -> None:
    page = ask(visitor, "lea", 422)
    assert "Not an e-mail address." in page
    assert 'value="lea"' in page


def test_asking_is_limited(visitor: Visitor, triage: Triage, lea: UUID) -> None:
    for _ in range(10):
        ask(visitor, "lea@example.org")
    assert "Too many attempts" in ask(visitor, "lea@example.org", 429)
    assert len(made_links(triage)) == 10
    visitor.sign_in("lea@example.org", PASSWORD)


def test_a_password_that_is_too_short_is_told_and_the_link_stays(visitor: Visitor, lea: UUID, engine: Engine) -> None:
    with engine.begin() as connection:
        link = str(make_link(connection, lea, "invitation"))
    assert "12 to 256 characters" in choose(visitor, link, "short", 422)
    choose(visitor, link)


def test_only_the_newest_link_with_its_own_token_works(visitor: Visitor, lea: UUID, engine: Engine) -> None:
    with engine.begin() as connection:
        older, newer = str(make_link(connection, lea, "reset")), str(make_link(connection, lea, "reset"))
    choose(visitor, older, status=404)
    choose(visitor, newer, status=404, token=password_token(SECRET, UUID(older)))
    choose(visitor, newer, status=404, token="")
    choose(visitor, str(uuid4()), status=404)
    choose(visitor, newer)


@pytest.mark.parametrize(("kind", "lives"), [("reset", "1 hour"), ("invitation", "7 days")])
def test_how_long_a_link_lives(visitor: Visitor, lea: UUID, engine: Engine, kind: Any, lives: str) -> None:
    with engine.begin() as connection:
        link = str(make_link(connection, lea, kind))
        connection.execute(_AGE, {"by": lives})
    choose(visitor, link, status=404)
    with engine.begin() as connection:
        connection.execute(_AGE, {"by": "-1 minute"})
    choose(visitor, link)


def test_another_site_cannot_post_the_form(visitor: Visitor, lea: UUID, engine: Engine) -> None:
    with engine.begin() as connection:
        link = make_link(connection, lea, "reset")
    visitor.post(f"/password/{link}", 403, token=password_token(SECRET, link), new=NEW)
    visitor.post("/forgotten-password", 403, email="lea@example.org")


def test_an_admin_invites_from_the_console(triage: Triage, signed_in: SignedIn, lea: UUID, engine: Engine) -> None:
    ada = signed_in("Ada", "admin")
    ada.get("/people")
    ada.post(f"/people/{lea}/invitation")
    assert [made["kind"] for made in made_links(triage)] == ["invitation"]
    assert "invitation is on its way" in ada.get("/people?done=invited")
    with engine.begin() as connection:
        disable(connection, find_user(connection, "lea@example.org").id)
    ada.post(f"/people/{lea}/invitation", 409)
    ada.post(f"/people/{uuid4()}/invitation", 404)
    anna = signed_in("Anna", "agent", "ads")
    anna.get("/queues/ads")
    anna.post(f"/people/{lea}/invitation", 403)


def test_the_sign_in_form_leads_there(visitor: Visitor) -> None:
    assert re.search(r'href="/forgotten-password"', visitor.get("/login"))
