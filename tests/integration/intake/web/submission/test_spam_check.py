"""Forms sent by programs are asked to be sent once more; a person loses nothing by it."""

import time
from collections.abc import Iterator
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from services.intake.app import create_app
from services.intake.settings import IntakeSettings
from services.intake.submissions.spam_check import FASTEST
from services.intake.web.submission import form_token
from shared.settings import read
from tests.integration.intake.web.conftest import HTML, Send, token_in
from tests.integration.intake.web.submission.test_staged_file import kept_in
from tests.samples import files

ASKED = "Please press Send once more."


def tickets(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("select count(*) from intake.submissions")).scalar_one())


@pytest.fixture
def strict(environment: dict[str, str], clean_database: None, redis_url: str) -> Iterator[FlaskClient]:
    """A browser before an intake that lets a single form a minute pass that was filled in too fast."""
    app = create_app(read(IntakeSettings, {**environment, "VIDARE_LIMIT_QUICK_FORMS": "1/minute"}))
    with app.test_client() as client:
        client.environ_base["HTTP_ACCEPT"] = HTML["Accept"]
        yield client


def fill(client: FlaskClient, token: str, message: str = "I cannot log in.") -> tuple[int, str]:
    given = {"email": "anna@example.org", "message": message, "form_token": token}
    answer = client.post("/help/account/login/note", data=given)
    return answer.status_code, answer.text


def token_of_age(client: FlaskClient, seconds: float, monkeypatch: pytest.MonkeyPatch) -> str:
    """A form's token made so long ago, as the same signer made it then."""
    secret = client.application.extensions["vidare"].settings.secret
    moment = time.time() - seconds
    with monkeypatch.context() as clock:
        clock.setattr("itsdangerous.timed.time.time", lambda: moment)
        return form_token.new_token(secret)


def test_the_field_that_people_do_not_see_asks_once_more_and_keeps_everything(
    browser: FlaskClient, send: Send, engine: Engine
) -> None:
    page = send(
        "account/login", name="Anna", homepage="https://spam.example", attachment=(BytesIO(files.png()), "a.png")
    )
    assert page.status_code == 422
    assert ASKED in page.text
    assert 'value="Anna"' in page.text
    assert "spam.example" not in page.text
    assert tickets(engine) == 0
    answer = send("account/login", token=token_in(page), name="Anna", kept_file=kept_in(page.text))
    assert answer.status_code == 303
    assert "a.png" in browser.get(answer.location).text


def test_one_quick_form_is_accepted_and_further_ones_must_be_sent_again(
    strict: FlaskClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_in(strict.get("/help/account/login/note"))
    assert fill(strict, token)[0] == 303
    status, page = fill(strict, token, "Another one.")
    assert (status, ASKED in page) == (422, True)
    assert tickets(engine) == 1
    slow = token_of_age(strict, FASTEST.total_seconds() + 1, monkeypatch)
    assert fill(strict, slow, "Another one.")[0] == 303


def test_a_form_without_our_token_counts_as_fast(strict: FlaskClient) -> None:
    assert fill(strict, "forged")[0] == 303
    status, page = fill(strict, "forged", "Another one.")
    assert (status, ASKED in page) == (422, True)


def test_the_age_in_a_token_cannot_be_made_up(strict: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = token_in(strict.get("/help/account/login/note"))
    old = token_of_age(strict, 3600, monkeypatch)
    name, _, signature = fresh.split(".")
    assert fill(strict, fresh)[0] == 303
    assert fill(strict, f"{name}.{old.split('.')[1]}.{signature}", "Another one.")[0] == 422


@pytest.mark.parametrize("field", ["email", "name", "subject", "username", "details__account_email"])
@pytest.mark.parametrize("smuggled", ["a\r\nBcc: b@example.org", "a\nX: y", "a\x00b", "a\x1bb", "a\u2028b"])
def test_a_line_cannot_smuggle_another(send: Send, engine: Engine, field: str, smuggled: str) -> None:
    page = send("account/login", **{field: f"anna@example.org{smuggled}"})
    assert page.status_code == 422
    assert f'href="#{field.replace("__", "-")}"' in page.text
    assert tickets(engine) == 0


def test_a_message_may_have_lines_but_nothing_unprintable(send: Send) -> None:
    assert send("account/login", message="one\r\ntwo\ttabbed").status_code == 303
    assert send("account/login", message="one\x00two").status_code == 422
