"""Signing in and out."""

import pytest
from sqlalchemy import Engine, text

from shared.auth.users import make_user
from tests.integration.triage.console.conftest import PASSWORD, SignedIn, Visitor


@pytest.fixture(autouse=True)
def anna(engine: Engine) -> None:
    with engine.begin() as connection:
        make_user(connection, "a@example.org", "Anna", "agent", ["ads"], PASSWORD)


def test_signing_in_redirects_to_the_first_queue(visitor: Visitor) -> None:
    assert visitor.sign_in("a@example.org").location == "/"
    assert visitor.open("/", 303).location == "/queues/ads"
    assert "Nothing is waiting" in visitor.get("/queues/ads")


def test_a_request_without_a_session_returns_after_signing_in(visitor: Visitor) -> None:
    answer = visitor.open("/tickets/T-0000-0000?do=reply", 303)
    assert answer.location == "/login?next=/tickets/T-0000-0000?do%3Dreply"
    visitor.get(answer.location)
    back = visitor.post("/login", email="a@example.org", password=PASSWORD, next="/tickets/T-0000-0000?do=reply")
    assert back.location == "/tickets/T-0000-0000?do=reply"


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/x"]
)
def test_signing_in_redirects_to_no_other_site(visitor: Visitor, where: str) -> None:
    visitor.get("/login")
    assert visitor.post("/login", email="a@example.org", password=PASSWORD, next=where).location == "/"


@pytest.mark.parametrize("email", ["a@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_account_look_the_same(visitor: Visitor, email: str) -> None:
    answer = visitor.sign_in(email, "wrong", 401)
    assert "The e-mail address or the password is wrong." in answer.text


def test_ten_failures_lock_the_account(visitor: Visitor) -> None:
    for _ in range(10):
        visitor.sign_in("a@example.org", "wrong", 401)
    answer = visitor.sign_in("a@example.org", PASSWORD, 429)
    assert int(answer.headers["Retry-After"]) > 800
    assert "Too many attempts" in answer.text


def test_the_sign_in_form_needs_its_token(visitor: Visitor, engine: Engine) -> None:
    visitor.get("/login")
    visitor.token = "0" * 64
    visitor.post("/login", 403, email="a@example.org", password=PASSWORD)
    with engine.begin() as connection:
        assert connection.execute(text("select count(*) from auth.sessions")).scalar_one() == 0


def test_the_token_of_another_visit_is_rejected(visitor: Visitor, signed_in: SignedIn) -> None:
    visitor.get("/login")
    mine = visitor.token
    bertil = signed_in("Bertil", "agent", "ads")
    bertil.token = mine
    bertil.post("/queues/ads/claim", 403)


def test_signing_out_ends_the_session_on_the_server(visitor: Visitor, engine: Engine) -> None:
    visitor.sign_in("a@example.org")
    visitor.get("/queues/ads")
    visitor.post("/logout")
    with engine.begin() as connection:
        assert connection.execute(text("select count(*) from auth.sessions")).scalar_one() == 0
    visitor.open("/queues/ads", 303)


def test_a_get_does_not_sign_out(visitor: Visitor) -> None:
    visitor.sign_in("a@example.org")
    assert visitor.client.get("/logout").status_code == 405
    visitor.get("/queues/ads")


def test_the_session_cookie_is_protected_from_scripts_and_other_sites(visitor: Visitor) -> None:
    cookie = visitor.sign_in("a@example.org").headers["Set-Cookie"]
    assert cookie.startswith("vidare-8001=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_live_updates_without_a_session_are_a_401_problem(visitor: Visitor) -> None:
    answer = visitor.client.get("/queues/ads/news", headers={"X-Requested-With": "live"})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"


def test_an_unknown_address_is_a_page_for_browsers_and_a_problem_for_programs(visitor: Visitor) -> None:
    assert "Page not found" in visitor.get("/nowhere", 404)
    assert visitor.client.get("/nowhere").content_type == "application/problem+json"
