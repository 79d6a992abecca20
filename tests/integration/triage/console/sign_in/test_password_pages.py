"""Changing one's own password."""

import re

import pytest
from flask import Flask

from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import PASSWORD, SignedIn, Visitor

NEW = "a horse of another colour"


def test_a_new_password_signs_every_other_browser_out(signed_in: SignedIn, visitor: Visitor) -> None:
    anna = signed_in("Anna", "agent", "ads")
    visitor.sign_in("anna@example.org")
    anna.get("/password")
    answer = anna.post("/password", current=PASSWORD, new=NEW)
    assert "Your password is changed." in anna.get(answer.location)
    visitor.open("/queues/ads", 303)
    visitor.sign_in("anna@example.org", PASSWORD, 401)
    visitor.sign_in("anna@example.org", NEW)


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"current": "wrong password", "new": NEW}, "not your current password"),
        ({"current": PASSWORD, "new": "short"}, "12 to 256 characters"),
        ({"current": PASSWORD, "new": "x" * 257}, "12 to 256 characters"),
        ({"current": PASSWORD}, "12 to 256 characters"),
    ],
)
def test_a_rejected_change_keeps_password_and_session(
    signed_in: SignedIn, visitor: Visitor, form: dict[str, str], message: str
) -> None:
    anna = signed_in("Anna", "agent", "ads")
    anna.get("/password")
    assert message in anna.post("/password", 422, **form).text
    anna.get("/queues/ads")
    visitor.sign_in("anna@example.org")


def test_guessing_the_current_password_is_locked_as_in_the_sign_in_form(signed_in: SignedIn) -> None:
    anna = signed_in("Anna", "agent", "ads")
    anna.get("/password")
    for _ in range(10):
        anna.post("/password", 422, current="a guess, and another", new=NEW)
    anna.post("/password", 429, current=PASSWORD, new=NEW)


def test_other_browsers_are_shown_and_signed_out(
    signed_in: SignedIn, visitor: Visitor, app: Flask, triage: Triage
) -> None:
    anna = signed_in("Anna", "agent", "ads")
    visitor.sign_in("anna@example.org")
    third = Visitor(app.test_client())
    third.sign_in("anna@example.org")
    signed_in("Bo", "agent", "ads")
    page = anna.get("/password")
    others = re.findall(r'name="session" value="(\w+)"', page)
    assert (page.count("This browser"), len(others)) == (1, 2)
    anna.post("/sessions/ending", session=others[0])
    assert len(re.findall('name="session"', anna.get("/password"))) == 1
    anna.post("/sessions/ending", session=others[0])
    anna.post("/sessions/ending")
    assert re.findall('name="session"', anna.get("/password")) == []
    visitor.open("/queues/ads", 303)
    third.open("/queues/ads", 303)
    ended = triage.rows(
        "select after ->> 'sessions' as number from audit.entries where action = 'session.ended' order by id"
    )
    assert [row.number for row in ended] == ["1", "1"]


def test_nobody_ends_anothers_session(signed_in: SignedIn, triage: Triage) -> None:
    anna, bo = signed_in("Anna", "agent", "ads"), signed_in("Bo", "agent", "ads")
    own = "select encode(s.hash, 'hex') as id from auth.sessions s join auth.users u on u.id = s.user_id where u.name = 'Anna'"
    bo.get("/password")
    bo.post("/sessions/ending", session=triage.rows(own)[0].id)
    anna.get("/queues/ads")
