"""One acknowledgement a note, capped by address, with nothing in it that a stranger wrote."""

import threading

from sqlalchemy import text

from tests.integration.notify.notes import Notes, a_note

STRANGERS_WORDS = ("BUY CHEAP", "CLICK HERE", "evil.example.com", "Eve", "Bcc")


def test_a_note_gets_one_queued_email_with_fixed_headers(notes: Notes) -> None:
    note = a_note("requester@example.com")
    notes.arrive(note)
    (email,) = notes.emails()
    assert email["state"] == "queued"
    assert email["ticket"] == note.ticket
    assert email["recipient"] == "requester@example.com"
    assert email["headers"]["Auto-Submitted"] == "auto-generated"
    assert email["headers"]["X-Auto-Response-Suppress"] == "All"
    assert email["headers"]["Message-ID"] == email["message_id"]
    assert email["envelope_from"].startswith("bounce+")
    assert note.ticket in email["text"]


def test_nothing_the_requester_wrote_is_in_the_mail(notes: Notes) -> None:
    notes.arrive(a_note())
    (email,) = notes.emails()
    everything = f"{email['subject']} {email['text']} {email['html']} {email['headers']}"
    assert not [word for word in STRANGERS_WORDS if word in everything]


def test_no_table_holds_the_tickets_key(notes: Notes) -> None:
    notes.arrive(a_note())
    (email,) = notes.emails()
    assert "?key=" not in str(email)


def test_missing_evidence_is_named_in_the_requesters_language(notes: Notes) -> None:
    notes.arrive(
        a_note(category="account/content-removed", locale="sv-SE", missing_evidence=["removed_link", "screenshot"])
    )
    (email,) = notes.emails()
    assert email["locale"] == "sv"
    assert "En skärmbild" in email["text"]
    assert "Något av detta räcker" in email["text"]


def test_a_repeated_message_writes_nothing_twice(notes: Notes) -> None:
    ids = notes.record(a_note())
    notes.consume(ids)
    notes.consume(ids)
    assert len(notes.emails()) == 1


def test_an_event_that_is_handled_again_writes_nothing_twice(notes: Notes) -> None:
    note = a_note()
    (number,) = notes.record(note)
    notes.consume([number])
    with notes.engine.begin() as connection:
        connection.execute(
            text("insert into events.deliveries (id, subscriber, ticket) values (:id, 'notify', :ticket)"),
            {"id": number, "ticket": note.ticket},
        )
    notes.consume([number])
    assert len(notes.emails()) == 1


def test_the_fourth_acknowledgement_within_an_hour_is_suppressed(notes: Notes) -> None:
    notes.arrive(a_note("victim@example.com"), a_note("Victim+tag@example.com"))
    notes.arrive(a_note("victim+other@EXAMPLE.com"), a_note("victim@example.com"), a_note("other@example.com"))
    by_address = [(email["recipient"], email["state"]) for email in notes.emails()]
    assert [state for _, state in by_address].count("suppressed") == 1
    assert by_address[3] == ("victim@example.com", "suppressed")
    assert "3 per 1 hour" in notes.emails()[3]["because"]
    assert notes.told() == [(notes.emails()[3]["ticket"], "suppressed")]


def test_ten_a_day_is_the_second_cap(notes: Notes) -> None:
    for _ in range(4):
        notes.arrive(*(a_note("victim@example.com") for _ in range(3)))
        with notes.engine.begin() as connection:
            connection.execute(text("update notify.emails set created_at = created_at - interval '2 hours'"))
    assert notes.states().count("queued") == 10
    assert "10 per 1 day" in notes.emails()[-1]["because"]


def test_two_batches_at_once_admit_three_together(notes: Notes) -> None:
    batches = [notes.record(*(a_note("victim@example.com") for _ in range(3))) for _ in range(4)]
    barrier = threading.Barrier(len(batches))

    def consume(ids: list[int]) -> None:
        barrier.wait()
        notes.consume(ids)

    threads = [threading.Thread(target=consume, args=(ids,)) for ids in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(notes.states()) == ["queued"] * 3 + ["suppressed"] * 9


def test_empty_limits_mean_no_cap(notes: Notes) -> None:
    notes.arrive(*(a_note("friend@example.com") for _ in range(12)), acknowledgement_limits="")
    assert notes.states() == ["queued"] * 12


def test_switched_off_the_ledger_says_so(notes: Notes) -> None:
    notes.arrive(a_note(), acknowledgements="off")
    assert [(email["state"], email["because"]) for email in notes.emails()] == [
        ("suppressed", "acknowledgements are switched off")
    ]


def test_an_address_that_no_header_can_hold_fails_alone(notes: Notes) -> None:
    notes.arrive(a_note("good@example.com"), a_note("bad\r\nBcc: all@example.com"), a_note("åsa@example.com"))
    assert notes.states() == ["queued", "failed", "failed"]


def test_an_international_domain_is_written_to_in_ascii(notes: Notes) -> None:
    notes.arrive(a_note("asa@exempel-å.se"))
    (email,) = notes.emails()
    assert (email["state"], email["recipient"]) == ("queued", "asa@xn--exempel--h0a.se")


def test_a_category_that_the_catalogue_lost_parks_that_event_alone(notes: Notes) -> None:
    notes.arrive(a_note(), a_note(category="no/such"), a_note())
    assert notes.states() == ["queued", "queued"]
    with notes.engine.connect() as connection:
        parked = connection.execute(text("select last_error from events.deliveries where parked_at is not null")).all()
    assert len(parked) == 1
    assert "topic" in parked[0].last_error
