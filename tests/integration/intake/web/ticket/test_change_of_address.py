"""Another address of a ticket: asked for on its page, confirmed by the link that was mailed to it."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from shared.ticket_keys import confirmation_token, mailed_key, receipt_key
from tests.integration.intake.conversation.told import deliver, recorded, state, written
from tests.integration.intake.web.conftest import Send

SECRET = "a-secret-of-the-tests-alone"
NEW = "anna.new@example.net"
KEYS = {"mailed": mailed_key, "receipt": receipt_key}


@pytest.fixture
def reference(send: Send) -> str:
    return send("account/login").location.split("/t/")[1].split("?")[0]


def ask(browser: FlaskClient, reference: str, key: str = "mailed", email: str = NEW) -> TestResponse:
    return browser.post(f"/t/{reference}/address", data={"key": KEYS[key](SECRET, reference, 1), "email": email})


def link(engine: Engine, reference: str) -> str:
    """The link in the newest e-mail to a new address."""
    payload, _ = recorded(engine, "AddressChangeRequested")[-1]
    return (
        f"/t/{reference}/address/{payload['change']}?token={confirmation_token(SECRET, reference, payload['change'])}"
    )


def confirm(browser: FlaskClient, address: str) -> TestResponse:
    path, token = address.split("?token=")
    return browser.post(path, data={"token": token})


def stored(engine: Engine) -> tuple[str, int]:
    with engine.connect() as connection:
        row = connection.execute(text("select personal ->> 'email' as email, key_number from intake.submissions")).one()
        return row.email, row.key_number


def opens(browser: FlaskClient, reference: str, kind: str, number: int) -> bool:
    return browser.get(f"/t/{reference}?key={KEYS[kind](SECRET, reference, number)}").status_code == 200


def test_it_takes_effect_when_the_link_is_confirmed(browser: FlaskClient, engine: Engine, reference: str) -> None:
    answer = ask(browser, reference)
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "To write to a•••@example.net instead" in page
    assert "We write to a•••@example.org." in page
    [(payload, personal)] = recorded(engine, "AddressChangeRequested")
    assert (set(payload), personal) == ({"change", "locale"}, {"email": NEW})
    shown = browser.get(link(engine, reference))
    assert (NEW in shown.text, shown.headers["Referrer-Policy"]) == (True, "no-referrer")
    assert stored(engine) == ("anna@example.org", 1)
    done = confirm(browser, link(engine, reference))
    assert done.status_code == 303
    assert "We write to a•••@example.net." in browser.get(done.location).text
    assert stored(engine) == (NEW, 2)


def test_both_keys_are_renewed_and_the_old_address_is_told(
    browser: FlaskClient, engine: Engine, reference: str
) -> None:
    ask(browser, reference, "receipt")
    confirm(browser, link(engine, reference))
    assert [opens(browser, reference, kind, 1) for kind in KEYS] == [False, False]
    assert [opens(browser, reference, kind, 2) for kind in KEYS] == [True, True]
    [(payload, personal)] = recorded(engine, "RequesterAddressChanged")
    assert (payload["key_number"], payload["confirmed"], personal) == (2, True, {"email": NEW})
    [(_, left)] = recorded(engine, "AddressChangeConfirmed")
    assert left == {"email": "anna@example.org"}


def test_a_second_press_of_the_button_changes_nothing(browser: FlaskClient, engine: Engine, reference: str) -> None:
    ask(browser, reference)
    first, second = (confirm(browser, link(engine, reference)) for _ in range(2))
    assert first.location == second.location
    assert stored(engine) == (NEW, 2)
    assert len(recorded(engine, "RequesterAddressChanged")) == 1
    again = browser.get(link(engine, reference)).text
    assert "To your note" in again
    assert "<h1>This address is confirmed already.</h1>" in again
    assert "Confirm your new address" not in again


@pytest.mark.parametrize("kind", ["reply", "information_request", "disapproval", "resolution"])
def test_after_the_first_answer_only_the_mailed_key_changes_it(
    browser: FlaskClient, engine: Engine, reference: str, kind: str
) -> None:
    assert "Change it" in browser.get(f"/t/{reference}?key={receipt_key(SECRET, reference, 1)}").text
    deliver(engine, written(reference, kind))
    refused = ask(browser, reference, "receipt")
    assert (refused.status_code, "open this page by the link in our e-mail" in refused.text) == (409, True)
    assert "Change it" not in browser.get(f"/t/{reference}?key={receipt_key(SECRET, reference, 1)}").text
    assert ask(browser, reference, "mailed").status_code == 303


@pytest.mark.parametrize(("key", "status"), [("receipt", 404), ("mailed", 303)])
def test_a_change_begun_with_the_receipts_key_lapses_at_the_first_answer(
    browser: FlaskClient, engine: Engine, reference: str, key: str, status: int
) -> None:
    ask(browser, reference, key)
    deliver(engine, written(reference))
    assert confirm(browser, link(engine, reference)).status_code == status
    assert stored(engine) == ((NEW, 2) if status == 303 else ("anna@example.org", 1))


def test_an_answer_that_only_the_status_tells_of_ends_it_too(
    browser: FlaskClient, engine: Engine, reference: str
) -> None:
    ask(browser, reference, "receipt")
    deliver(engine, state(reference, "resolved"))
    assert confirm(browser, link(engine, reference)).status_code == 404


def test_a_ticket_from_before_the_upgrade_may_have_been_answered(
    browser: FlaskClient, engine: Engine, reference: str
) -> None:
    with engine.begin() as connection:
        connection.execute(text("delete from intake.answers_kept_since"))
        connection.execute(text("insert into intake.answers_kept_since default values"))
    assert ask(browser, reference, "receipt").status_code == 303
    deliver(engine, state(reference, "open"))
    assert ask(browser, reference, "receipt").status_code == 409
    assert ask(browser, reference, "mailed").status_code == 303


@pytest.mark.parametrize(
    "meanwhile",
    [
        "update intake.address_changes set expires_at = now() - interval '1 second'",
        "update intake.submissions set key_number = 5",
        "update intake.submissions set status = 'withdrawn'",
    ],
)
def test_a_link_that_lapsed_does_nothing(browser: FlaskClient, engine: Engine, reference: str, meanwhile: str) -> None:
    ask(browser, reference)
    with engine.begin() as connection:
        connection.execute(text(meanwhile))
    assert confirm(browser, link(engine, reference)).status_code == 404
    assert recorded(engine, "RequesterAddressChanged") == []


def test_the_newest_change_counts(browser: FlaskClient, engine: Engine, reference: str) -> None:
    ask(browser, reference, email="first@example.net")
    earlier = link(engine, reference)
    ask(browser, reference, email=NEW)
    assert confirm(browser, earlier).status_code == 404
    assert confirm(browser, link(engine, reference)).status_code == 303
    assert stored(engine)[0] == NEW


def test_another_token_confirms_nothing(browser: FlaskClient, engine: Engine, reference: str) -> None:
    ask(browser, reference)
    path, token = link(engine, reference).split("?token=")
    for wrong in ("", token[:-1], token.upper(), "å", mailed_key(SECRET, reference, 1)):
        assert browser.get(f"{path}?token={wrong}").status_code == 404
        assert browser.post(path, data={"token": wrong}).status_code == 404
    assert browser.post(f"{path}?token={token}").status_code == 404
    assert stored(engine)[1] == 1


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("", "Enter your e-mail address"),
        ("nix", "Enter an e-mail address such as"),
        ("ANNA@example.org", "This is the address that we write to."),
    ],
)
def test_an_invalid_address_is_an_error(
    browser: FlaskClient, engine: Engine, reference: str, email: str, message: str
) -> None:
    answer = ask(browser, reference, email=email)
    assert (answer.status_code, message in answer.text) == (422, True)
    assert recorded(engine, "AddressChangeRequested") == []


def test_nobody_is_written_to_often(browser: FlaskClient, engine: Engine, send: Send, reference: str) -> None:
    others = [send("account/login", message=str(number)).location.split("/t/")[1].split("?")[0] for number in range(3)]
    answers = [ask(browser, one).status_code for one in (reference, *others)]
    assert answers == [303, 303, 303, 429]
    refused = ask(browser, reference).text
    assert "The address was changed often in a short time." in refused
    assert "Too many notes" not in refused


def test_a_bounced_address_is_changed_at_once_as_before(browser: FlaskClient, engine: Engine, reference: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("update intake.submissions set mail_state = 'bounced'"))
    assert ask(browser, reference, "receipt").status_code == 303
    assert stored(engine) == (NEW, 1)
    assert recorded(engine, "AddressChangeRequested") == []


def sent_links(engine: Engine) -> list[Any]:
    return [
        (payload["tickets"], payload["single"], personal) for payload, personal in recorded(engine, "TicketLinksFound")
    ]


def test_the_link_is_sent_again(browser: FlaskClient, engine: Engine, reference: str) -> None:
    key = receipt_key(SECRET, reference, 1)
    deliver(engine, written(reference), state(reference, "resolved"))
    assert "Send me the link again" in browser.get(f"/t/{reference}?key={key}").text
    answers = [browser.post(f"/t/{reference}/link", data={"key": key}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert "The links were asked for often in a short time." in answers[3].text
    assert "Too many notes" not in answers[3].text
    assert "The link is on its way to you." in browser.get(answers[0].location).text
    tickets, single, personal = sent_links(engine)[0]
    assert ([one["reference"] for one in tickets], single, personal) == (
        [reference],
        True,
        {"email": "anna@example.org"},
    )
