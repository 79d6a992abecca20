"""The door: who gets in, who does not, and where it leads."""

import pytest
from sqlalchemy import Engine, text

from shared.auth.users import make_user
from tests.integration.triage.console.conftest import PASSWORD, SignedIn, Visitor


@pytest.fixture(autouse=True)
def anna(engine: Engine) -> None:
    with engine.begin() as connection:
        make_user(connection, "a@example.org", "Anna", "agent", ["ads"], PASSWORD)


def test_signing_in_leads_to_the_first_queue(visitor: Visitor) -> None:
    assert visitor.sign_in("a@example.org").location == "/"
    assert visitor.open("/", 303).location == "/queues/ads"
    assert "Nothing is waiting" in visitor.get("/queues/ads")


def test_a_stranger_is_led_to_the_door_and_then_back(visitor: Visitor) -> None:
    answer = visitor.open("/tickets/T-0000-0000?do=reply", 303)
    assert answer.location == "/login?next=/tickets/T-0000-0000?do%3Dreply"
    visitor.get(answer.location)
    back = visitor.post("/login", email="a@example.org", password=PASSWORD, next="/tickets/T-0000-0000?do=reply")
    assert back.location == "/tickets/T-0000-0000?do=reply"


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/x"]
)
def test_the_door_leads_nowhere_else(visitor: Visitor, where: str) -> None:
    visitor.get("/login")
    assert visitor.post("/login", email="a@example.org", password=PASSWORD, next=where).location == "/"


@pytest.mark.parametrize("email", ["a@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_account_look_the_same(visitor: Visitor, email: str) -> None:
    answer = visitor.sign_in(email, "wrong", 401)
    assert "The e-mail address or the password is wrong." in answer.text


def test_ten_failures_close_the_way(visitor: Visitor) -> None:
    for _ in range(10):
        visitor.sign_in("a@example.org", "wrong", 401)
    answer = visitor.sign_in("a@example.org", PASSWORD, 429)
    assert int(answer.headers["Retry-After"]) > 800
    assert "Too many attempts" in answer.text


def test_without_the_forms_token_nobody_signs_in(visitor: Visitor, engine: Engine) -> None:
    visitor.get("/login")
    visitor.token = "0" * 64
    visitor.post("/login", 403, email="a@example.org", password=PASSWORD)
    with engine.begin() as connection:
        assert connection.execute(text("select count(*) from auth.sessions")).scalar_one() == 0


def test_another_visits_token_is_none(visitor: Visitor, signed_in: SignedIn) -> None:
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


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(visitor: Visitor) -> None:
    cookie = visitor.sign_in("a@example.org").headers["Set-Cookie"]
    assert cookie.startswith("vidare-8001=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_live_updates_without_a_session_are_a_401_problem(visitor: Visitor) -> None:
    answer = visitor.client.get("/queues/ads/news", headers={"X-Requested-With": "live"})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"


def test_an_address_that_leads_nowhere_is_a_page_for_people_and_a_problem_for_programs(visitor: Visitor) -> None:
    assert "Page not found" in visitor.get("/nowhere", 404)
    assert visitor.client.get("/nowhere").content_type == "application/problem+json"
