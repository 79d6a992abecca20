"""Who writes to an address of no ticket gets a pointer to the form: a few, and never a machine."""

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from shared.events.contracts import Event, mail_turned_away
from tests.integration.notify.notes import Notes, a_note

WRITER = "writer@example.com"


def turned_away(notes: Notes, sender: str = WRITER, kind: str = "unknown", locale: str | None = "sv-SE") -> Event:
    """A mail that notify received, and what intake says of it."""
    identity = uuid7()
    with notes.engine.begin() as connection:
        connection.execute(
            text(
                "insert into notify.inbound_mails (id, digest, object, size, sender, recipient, kind)"
                " values (:id, :digest, :object, 1, :sender, 'help@localhost.test', :kind)"
            ),
            {"id": identity, "digest": identity.bytes, "object": f"mail/{identity}", "sender": sender, "kind": kind},
        )
    return mail_turned_away("c", {"object": f"mail/{identity}", "locale": locale})


def test_the_pointer_names_the_form_in_the_writers_language(notes: Notes) -> None:
    notes.arrive(turned_away(notes))
    [email] = notes.emails()
    assert (email["kind"], email["state"], email["recipient"], email["ticket"]) == (
        "form_pointer",
        "queued",
        WRITER,
        None,
    )
    assert f"{notes.settings.intake_url}/help" in email["text"]
    assert email["subject"].startswith("Så når du")
    assert email["headers"]["Auto-Submitted"] == "auto-replied"
    assert "Reply-To" not in email["headers"]


def test_without_a_language_it_is_english(notes: Notes) -> None:
    notes.arrive(turned_away(notes, locale=None))
    assert notes.emails()[0]["locale"] == "en"


def test_the_same_event_again_writes_nothing_twice(notes: Notes) -> None:
    [number] = notes.record(turned_away(notes))
    notes.consume([number])
    with notes.engine.begin() as connection:
        connection.execute(
            text("insert into events.deliveries (id, subscriber) values (:id, 'notify')"),
            {"id": number},
        )
    notes.consume([number])
    assert notes.states() == ["queued"]
    with notes.engine.connect() as connection:
        assert (
            connection.execute(
                text("select count(*) from events.deliveries where id = :id"), {"id": number}
            ).scalar_one()
            == 0
        )


def test_an_address_gets_as_many_as_acknowledgements_and_no_more(notes: Notes) -> None:
    for address in (WRITER, "Writer+tag@example.com"):
        notes.arrive(turned_away(notes, address))
    notes.arrive(*(turned_away(notes) for _ in range(2)), turned_away(notes, "other@example.com"))
    assert notes.states() == ["queued", "queued", "queued", "suppressed", "queued"]
    assert "3 per 1 hour" in notes.emails()[3]["because"]


def test_acknowledgements_count_against_pointers_but_not_pointers_against_them(notes: Notes) -> None:
    notes.arrive(turned_away(notes))
    notes.arrive(a_note(WRITER), a_note(WRITER))
    notes.arrive(turned_away(notes))
    notes.arrive(a_note(WRITER))
    assert [(email["kind"], email["state"]) for email in notes.emails()[3:]] == [
        ("form_pointer", "suppressed"),
        ("acknowledgement", "queued"),
    ]


@pytest.mark.parametrize("sender", ["help@localhost.test", "any@MAIL.localhost.test"])
def test_two_machines_of_ours_do_not_answer_each_other(notes: Notes, sender: str) -> None:
    notes.arrive(turned_away(notes, sender))
    [email] = notes.emails()
    assert (email["state"], email["because"]) == ("suppressed", "the address is our own")


def test_a_suppressed_address_gets_none(notes: Notes) -> None:
    with notes.engine.begin() as connection:
        connection.execute(
            text(
                "insert into notify.suppressions (id, address, reason, source) values (:id, :address, 'asked', 'person')"
            ),
            {"id": uuid7(), "address": WRITER},
        )
    notes.arrive(turned_away(notes))
    assert notes.states() == ["suppressed"]


def test_with_acknowledgements_switched_off_there_is_none(notes: Notes) -> None:
    notes.arrive(turned_away(notes), acknowledgements="off")
    assert notes.states() == ["suppressed"]


@pytest.mark.parametrize(
    ("sender", "kind"), [("", "unknown"), ("<>", "unknown"), (WRITER, "automatic"), (WRITER, "bounce")]
)
def test_a_machine_is_not_answered_whatever_an_event_says(notes: Notes, sender: str, kind: str) -> None:
    notes.arrive(turned_away(notes, sender, kind))
    assert notes.emails() == []
