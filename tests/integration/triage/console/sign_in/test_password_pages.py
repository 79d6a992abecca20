"""Everybody's own password."""

import pytest

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
    ("typed", "told"),
    [
        ({"current": "wrong password", "new": NEW}, "not your current password"),
        ({"current": PASSWORD, "new": "short"}, "12 to 256 characters"),
        ({"current": PASSWORD, "new": "x" * 257}, "12 to 256 characters"),
        ({"current": PASSWORD}, "12 to 256 characters"),
    ],
)
def test_what_is_refused_changes_nothing_and_keeps_the_session(
    signed_in: SignedIn, visitor: Visitor, typed: dict[str, str], told: str
) -> None:
    anna = signed_in("Anna", "agent", "ads")
    anna.get("/password")
    assert told in anna.post("/password", 422, **typed).text
    anna.get("/queues/ads")
    visitor.sign_in("anna@example.org")


def test_who_found_an_open_session_guesses_no_more_than_at_the_door(signed_in: SignedIn) -> None:
    anna = signed_in("Anna", "agent", "ads")
    anna.get("/password")
    for _ in range(10):
        anna.post("/password", 422, current="a guess, and another", new=NEW)
    anna.post("/password", 429, current=PASSWORD, new=NEW)
