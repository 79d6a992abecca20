"""/t sends the links of open tickets, answering alike whether the address is known; a bounced address can be changed."""

from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from services.intake.handlers import HANDLERS
from shared.events.consumer import Consumer
from shared.events.contracts import email_state_changed
from shared.events.log import record
from tests.integration.intake.web.conftest import Send


def deliver(engine: Engine) -> None:
    """Deliver everything that is due to intake."""
    with engine.connect() as connection:
        waiting = "select id from events.deliveries where subscriber = 'intake' order by id"
        ids = list(connection.execute(text(waiting)).scalars())
    Consumer(engine, "intake", HANDLERS).consume(ids)


def recorded(engine: Engine, kind: str) -> list[tuple[dict[str, object], dict[str, object]]]:
    with engine.connect() as connection:
        rows = connection.execute(
            text("select payload, personal from events.log where type = :kind order by id"), {"kind": kind}
        )
        return [(row.payload, row.personal) for row in rows]


def reference_of(location: str) -> str:
    return location.split("/t/")[1].split("?")[0]


def ask(browser: FlaskClient, email: str, **more: str) -> tuple[int, str, str]:
    answer = browser.post("/t", data={"email": email, **more})
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def test_a_known_and_an_unknown_address_are_answered_alike(browser: FlaskClient, send: Send) -> None:
    send("account/login")
    assert ask(browser, "anna@example.org") == ask(browser, "nobody@example.org")
    page = browser.get(ask(browser, "other@example.org")[1]).text
    assert "Look in your e-mail" in page


def test_only_open_tickets_are_sent_and_only_to_their_own_address(
    browser: FlaskClient, send: Send, engine: Engine
) -> None:
    mine = reference_of(send("account/login").location)
    tagged = reference_of(send("account/login", email="Anna+pinly@Example.org").location)
    closed = send("account/login", message="Another.").location
    browser.post(f"/t/{reference_of(closed)}/withdrawal", data={"key": closed.split("key=")[1]})
    send("account/login", email="bert@example.org")
    ask(browser, "ANNA@example.org")
    deliver(engine)
    found = {p["email"]: [one["reference"] for one in c["tickets"]] for c, p in recorded(engine, "TicketLinksFound")}  # type: ignore[attr-defined]
    assert found == {"anna@example.org": [mine], "Anna+pinly@example.org": [tagged]} or found == {
        "anna@example.org": [mine],
        "Anna+pinly@Example.org": [tagged],
    }


def test_nothing_is_sent_to_an_address_without_tickets(browser: FlaskClient, engine: Engine) -> None:
    ask(browser, "nobody@example.org")
    deliver(engine)
    assert recorded(engine, "TicketLinksFound") == []


@pytest.mark.parametrize(
    ("email", "message"), [("", "Enter your e-mail address"), ("nix", "Enter an e-mail address such as")]
)
def test_an_invalid_address_is_an_error(browser: FlaskClient, email: str, message: str) -> None:
    status, _, page = ask(browser, email)
    assert status == 422
    assert message in page


def test_a_fourth_request_in_an_hour_waits(browser: FlaskClient, engine: Engine) -> None:
    answers = [ask(browser, "nobody@example.org") for _ in range(4)]
    assert [status for status, *_ in answers] == [303, 303, 303, 429]
    assert "The links were asked for often in a short time." in answers[3][2]
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "sv"
    assert "Länkarna har begärts många gånger på kort tid." in ask(browser, "nobody@example.org")[2]


def test_programs_are_asked_once_more(browser: FlaskClient, engine: Engine) -> None:
    status, _, page = ask(browser, "anna@example.org", homepage="x")
    assert (status, "Please press Send once more." in page) == (422, True)
    assert recorded(engine, "TicketLinksRequested") == []


def bounce(engine: Engine, reference: str) -> None:
    payload = {"email": str(uuid4()), "kind": "acknowledgement", "state": "bounced", "because": "no such user"}
    with engine.begin() as connection:
        record(connection, [email_state_changed(reference, "c", payload)])
    deliver(engine)


def test_a_bounced_address_is_shown_and_changed(browser: FlaskClient, send: Send, engine: Engine) -> None:
    receipt = send("account/login").location
    path, key = receipt.split("?key=")
    assert "Our mail does not reach you" not in browser.get(receipt).text
    bounce(engine, reference_of(receipt))
    page = browser.get(receipt).text
    assert "Our mail to anna@example.org came back." in page
    same = browser.post(f"{path}/address", data={"key": key, "email": "anna@example.org"})
    assert (same.status_code, "Enter another one." in same.text) == (422, True)
    answer = browser.post(f"{path}/address", data={"key": key, "email": "anna@example.net"})
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "We are writing to your new address." in page
    assert "Our mail does not reach you" not in page
    [(payload, personal)] = recorded(engine, "RequesterAddressChanged")
    assert personal == {"email": "anna@example.net"}
    assert payload["category"] == "account/login"


def test_changing_the_address_needs_the_key(browser: FlaskClient, send: Send, engine: Engine) -> None:
    receipt = send("account/login").location
    bounce(engine, reference_of(receipt))
    path = receipt.split("?")[0]
    assert browser.post(f"{path}/address", data={"key": "wrong", "email": "x@example.net"}).status_code == 404


def test_a_likely_address_is_asked_about_where_mail_bounced(browser: FlaskClient, send: Send, engine: Engine) -> None:
    path, key = send("account/login", email="anna@gmial.com").location.split("?key=")
    payload = {"email": str(uuid4()), "kind": "acknowledgement", "state": "bounced", "because": "no such domain"}
    with engine.begin() as connection:
        record(connection, [email_state_changed(reference_of(path), "c", payload)])
    deliver(engine)
    page = browser.get(f"{path}?key={key}").text
    assert "Did you mean <strong>anna@gmail.com</strong>?" in page
    button = 'type="submit" formnovalidate name="suggested.email" value="anna@gmail.com"'
    assert button in page
    again = browser.post(f"{path}/address", data={"key": key, "email": "", "suggested.email": "anna@gmail.com"})
    assert (again.status_code, 'type="email" value="anna@gmail.com"' in again.text) == (200, True)
    assert recorded(engine, "RequesterAddressChanged") == []
    assert browser.post(f"{path}/address", data={"key": key, "email": "anna@gmail.com"}).status_code == 303


def test_a_likely_address_is_asked_about_where_links_are_wanted(browser: FlaskClient) -> None:
    status, _, page = ask(browser, "anna@gmail,com")
    assert (status, "Did you mean <strong>anna@gmail.com</strong>?" in page) == (422, True)
    status, _, page = ask(browser, "anna@gmail,com", **{"suggested.email": "anna@gmail.com"})
    assert (status, 'value="anna@gmail.com" required' in page) == (200, True)
