"""Mail to an address of no ticket is answered with a pointer to the form, within limits, and never to a machine."""

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from shared.events.contracts import Event, mail_turned_away
from tests.integration.notify.ledger import Ledger, submission

WRITER = "writer@example.com"


def turned_away(ledger: Ledger, sender: str = WRITER, kind: str = "unknown", locale: str | None = "sv-SE") -> Event:
    """A mail that notify received, and the event that intake records about it."""
    identity = uuid7()
    with ledger.engine.begin() as connection:
        connection.execute(
            text(
                "insert into notify.inbound_mails (id, digest, object, size, sender, recipient, kind)"
                " values (:id, :digest, :object, 1, :sender, 'help@localhost.test', :kind)"
            ),
            {"id": identity, "digest": identity.bytes, "object": f"mail/{identity}", "sender": sender, "kind": kind},
        )
    return mail_turned_away("c", {"object": f"mail/{identity}", "locale": locale})


def test_the_pointer_names_the_form_in_the_writers_language(ledger: Ledger) -> None:
    ledger.arrive(turned_away(ledger))
    [email] = ledger.emails()
    assert (email["kind"], email["state"], email["recipient"], email["ticket"]) == (
        "form_pointer",
        "queued",
        WRITER,
        None,
    )
    assert f"{ledger.settings.intake_url}/help" in email["text"]
    assert email["subject"].startswith("Så når du")
    assert email["headers"]["Auto-Submitted"] == "auto-replied"
    assert "Reply-To" not in email["headers"]


def test_without_a_language_it_is_english(ledger: Ledger) -> None:
    ledger.arrive(turned_away(ledger, locale=None))
    assert ledger.emails()[0]["locale"] == "en"


def test_the_same_event_again_writes_nothing_twice(ledger: Ledger) -> None:
    [number] = ledger.record(turned_away(ledger))
    ledger.consume([number])
    with ledger.engine.begin() as connection:
        connection.execute(
            text("insert into events.deliveries (id, subscriber) values (:id, 'notify')"),
            {"id": number},
        )
    ledger.consume([number])
    assert ledger.states() == ["queued"]
    with ledger.engine.connect() as connection:
        assert (
            connection.execute(
                text("select count(*) from events.deliveries where id = :id"), {"id": number}
            ).scalar_one()
            == 0
        )


def test_an_address_gets_as_many_as_acknowledgements_and_no_more(ledger: Ledger) -> None:
    for address in (WRITER, "Writer+tag@example.com"):
        ledger.arrive(turned_away(ledger, address))
    ledger.arrive(*(turned_away(ledger) for _ in range(2)), turned_away(ledger, "other@example.com"))
    assert ledger.states() == ["queued", "queued", "queued", "suppressed", "queued"]
    assert "3 per 1 hour" in ledger.emails()[3]["because"]


def test_acknowledgements_count_against_pointers_but_not_pointers_against_them(ledger: Ledger) -> None:
    ledger.arrive(turned_away(ledger))
    ledger.arrive(submission(WRITER), submission(WRITER))
    ledger.arrive(turned_away(ledger))
    ledger.arrive(submission(WRITER))
    assert [(email["kind"], email["state"]) for email in ledger.emails()[3:]] == [
        ("form_pointer", "suppressed"),
        ("acknowledgement", "queued"),
    ]


@pytest.mark.parametrize("sender", ["help@localhost.test", "any@MAIL.localhost.test"])
def test_two_machines_of_ours_do_not_answer_each_other(ledger: Ledger, sender: str) -> None:
    ledger.arrive(turned_away(ledger, sender))
    [email] = ledger.emails()
    assert (email["state"], email["because"]) == ("suppressed", "the address is our own")


def test_a_suppressed_address_gets_none(ledger: Ledger) -> None:
    with ledger.engine.begin() as connection:
        connection.execute(
            text(
                "insert into notify.suppressions (id, address, reason, source) values (:id, :address, 'asked', 'person')"
            ),
            {"id": uuid7(), "address": WRITER},
        )
    ledger.arrive(turned_away(ledger))
    assert ledger.states() == ["suppressed"]


def test_with_acknowledgements_switched_off_there_is_none(ledger: Ledger) -> None:
    ledger.arrive(turned_away(ledger), acknowledgements="off")
    assert ledger.states() == ["suppressed"]


@pytest.mark.parametrize(
    ("sender", "kind"), [("", "unknown"), ("<>", "unknown"), (WRITER, "automatic"), (WRITER, "bounce")]
)
def test_a_machine_is_not_answered_whatever_an_event_says(ledger: Ledger, sender: str, kind: str) -> None:
    ledger.arrive(turned_away(ledger, sender, kind))
    assert ledger.emails() == []
