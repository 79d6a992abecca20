"""Every form of the console, posted by other sites and with odd input. The forms are found by the routes, so that new ones are tested."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule, UUIDConverter

from services.triage.console.layout.cookies import session_cookie
from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import BROWSER, SignedIn, Visitor

NOBODY = UUID(int=7)
# Tables that actions write to.
WRITTEN = (
    "events.log",
    "auth.users",
    "auth.sessions",
    "triage.claims",
    "triage.webhooks",
    "triage.rulesets",
    "triage.replays",
)


def forms(app: Flask) -> list[Rule]:
    """The routes that take a post from a page."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("console.") and "POST" in (rule.methods or ())
    ]


def path_of(app: Flask, rule: Rule, known: dict[str, Any]) -> str:
    """The address of the route with existing ids, as far as they are in `known`."""
    standing = {IntegerConverter: 1, UUIDConverter: NOBODY}
    values = {name: known.get(name, standing.get(type(rule._converters[name]), "ads")) for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values, method="POST")


def test_a_post_of_another_site_changes_nothing(app: Flask, triage: Triage, signed_in: SignedIn) -> None:
    """It sends the person's cookie without a valid token: none, an empty one, another person's, one in the address."""
    admin, other = signed_in("Berit", "admin", "ads"), signed_in("Cia", "admin", "ads")
    other.get("/queues/ads")
    admin.get("/queues/ads")
    known = {"reference": triage.submit("ads/metrics"), "team": "ads"}
    before = [triage.rows(f"select count(*) from {table}")[0][0] for table in WRITTEN]
    answers = {}
    for rule in forms(app):
        path = path_of(app, rule, known)
        tries: list[tuple[str, dict[str, str]]] = [
            (path, {}),
            (path, {"csrf_token": ""}),
            (path, {"csrf_token": other.token}),
            (f"{path}?csrf_token={admin.token}", {}),
        ]
        for address, token in tries:
            answer = admin.client.post(
                address, data=RIGHT | token, headers=BROWSER | {"Origin": "https://evil.example"}
            )
            answers[f"{address} {token}"] = answer.status_code
    assert {call: status for call, status in answers.items() if status != 403} == {}
    assert [triage.rows(f"select count(*) from {table}")[0][0] for table in WRITTEN] == before
    assert admin.get("/queues/ads")  # still signed in


# Valid values of the fields that are not free text, and the names of the free text fields. Forms ignore fields that they do not have.
RIGHT = {
    "email": "new@example.org",
    "role": "agent",
    "teams": "ads",
    "team": "billing",
    "cause": "wrong_team",
    "outcome": "solved",
    "days": "30",
    "url": "https://example.com/",
}
WORDS = (
    "message",
    "reason",
    "tags",
    "comment",
    "name",
    "secret",
    "text",
    "password",
    "back",
    "q",
    "word",
    "reasons",
    "ids",
)
ODD = ["a\x00b", "\u202e\u2066", "x" * 12_000, "{{7*7}}%s%n'; --"]


@pytest.mark.parametrize("odd", ODD, ids=[repr(one)[:20] for one in ODD])
def test_odd_input_never_ends_in_an_internal_error(app: Flask, triage: Triage, signed_in: SignedIn, odd: str) -> None:
    """notify does not run here, so pages that need it answer 503."""
    admin = signed_in("Berit", "admin", "ads")
    known = {"reference": triage.submit("ads/metrics"), "team": "ads"}
    answers = {}
    for rule in forms(app):
        if rule.endpoint != "console.sign_out":
            admin.get("/queues/ads")
            fields = {"csrf_token": admin.token, **dict.fromkeys(WORDS, odd), **RIGHT}
            answers[rule.rule] = admin.client.post(path_of(app, rule, known), data=fields, headers=BROWSER).status_code
    assert {path: status for path, status in answers.items() if status == 500} == {}
    assert len(answers) > 25


def test_a_planted_session_cookie_is_replaced_on_signing_in(app: Flask, signed_in: SignedIn) -> None:
    """Session fixation: the session's id is made at sign-in and is invalid after sign-out."""
    signed_in("Berit", "admin", "ads")
    name = session_cookie("http://127.0.0.1:8001")
    planted = app.test_client()
    planted.set_cookie(name, "planted")
    planted.set_cookie(f"{name}-visit", "planted")
    visitor = Visitor(planted)
    visitor.sign_in("berit@example.org")
    fresh = planted.get_cookie(name)
    assert fresh is not None
    assert fresh.value != "planted"
    assert len(fresh.value) > 40
    visitor.get("/queues/ads")
    visitor.post("/logout")
    thief = app.test_client()
    thief.set_cookie(name, fresh.value)
    assert thief.get("/queues/ads", headers=BROWSER).status_code == 303
