"""One acknowledgement a ticket, limited by address, without anything that the requester wrote."""

import threading
from typing import Any

from sqlalchemy import text

from shared.events.contracts import Event, ticket_answered, ticket_opened
from tests.integration.notify.ledger import Ledger, submission

REQUESTERS_WORDS = ("BUY CHEAP", "CLICK HERE", "evil.example.com", "Eve", "Bcc")


def test_a_ticket_gets_one_queued_email_with_fixed_headers(ledger: Ledger) -> None:
    event = submission("requester@example.com")
    ledger.arrive(event)
    (email,) = ledger.emails()
    assert email["state"] == "queued"
    assert email["ticket"] == event.ticket
    assert email["recipient"] == "requester@example.com"
    assert email["headers"]["Auto-Submitted"] == "auto-generated"
    assert email["headers"]["X-Auto-Response-Suppress"] == "All"
    assert email["headers"]["Message-ID"] == email["message_id"]
    assert email["envelope_from"].startswith("bounce+")
    assert event.ticket in email["text"]


def test_a_mail_that_a_program_may_have_written_is_not_acknowledged(ledger: Ledger) -> None:
    ledger.arrive(submission(source="email", unsure="Precedence: list"), submission())
    assert sorted((email["state"], email["because"]) for email in ledger.emails()) == [
        ("queued", None),
        ("suppressed", "a program may have written the mail: Precedence: list"),
    ]


def test_nothing_the_requester_wrote_is_in_the_mail(ledger: Ledger) -> None:
    ledger.arrive(submission())
    (email,) = ledger.emails()
    everything = f"{email['subject']} {email['text']} {email['html']} {email['headers']}"
    assert not [word for word in REQUESTERS_WORDS if word in everything]


def test_no_table_holds_the_tickets_key(ledger: Ledger) -> None:
    ledger.arrive(submission())
    (email,) = ledger.emails()
    assert "?key=" not in str(email)


def test_missing_evidence_is_named_in_the_requesters_language(ledger: Ledger) -> None:
    ledger.arrive(
        submission(category="account/content-removed", locale="sv-SE", missing_evidence=["removed_link", "screenshot"])
    )
    (email,) = ledger.emails()
    assert email["locale"] == "sv"
    assert "En skärmbild" in email["text"]
    assert "Något av detta räcker" in email["text"]


def test_a_repeated_message_writes_nothing_twice(ledger: Ledger) -> None:
    ids = ledger.record(submission())
    ledger.consume(ids)
    ledger.consume(ids)
    assert len(ledger.emails()) == 1


def test_an_event_that_is_handled_again_writes_nothing_twice(ledger: Ledger) -> None:
    event = submission()
    (number,) = ledger.record(event)
    ledger.consume([number])
    with ledger.engine.begin() as connection:
        connection.execute(
            text("insert into events.deliveries (id, subscriber, ticket) values (:id, 'notify', :ticket)"),
            {"id": number, "ticket": event.ticket},
        )
    ledger.consume([number])
    assert len(ledger.emails()) == 1


def test_the_fourth_acknowledgement_within_an_hour_is_suppressed(ledger: Ledger) -> None:
    ledger.arrive(submission("victim@example.com"), submission("Victim+tag@example.com"))
    ledger.arrive(
        submission("victim+other@EXAMPLE.com"), submission("victim@example.com"), submission("other@example.com")
    )
    by_address = [(email["recipient"], email["state"]) for email in ledger.emails()]
    assert [state for _, state in by_address].count("suppressed") == 1
    assert by_address[3] == ("victim@example.com", "suppressed")
    assert "3 per 1 hour" in ledger.emails()[3]["because"]
    assert ledger.announced() == [(ledger.emails()[3]["ticket"], "suppressed")]


def test_ten_a_day_is_the_second_limit(ledger: Ledger) -> None:
    for _ in range(4):
        ledger.arrive(*(submission("victim@example.com") for _ in range(3)))
        with ledger.engine.begin() as connection:
            connection.execute(text("update notify.emails set created_at = created_at - interval '2 hours'"))
    assert ledger.states().count("queued") == 10
    assert "10 per 1 day" in ledger.emails()[-1]["because"]


def test_two_batches_at_once_admit_three_together(ledger: Ledger) -> None:
    batches = [ledger.record(*(submission("victim@example.com") for _ in range(3))) for _ in range(4)]
    barrier = threading.Barrier(len(batches))

    def consume(ids: list[int]) -> None:
        barrier.wait()
        ledger.consume(ids)

    threads = [threading.Thread(target=consume, args=(ids,)) for ids in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ledger.states()) == ["queued"] * 3 + ["suppressed"] * 9


def test_empty_limits_mean_no_limit(ledger: Ledger) -> None:
    ledger.arrive(*(submission("friend@example.com") for _ in range(12)), acknowledgement_limits="")
    assert ledger.states() == ["queued"] * 12


def test_with_acknowledgements_off_each_row_is_suppressed(ledger: Ledger) -> None:
    ledger.arrive(submission(), acknowledgements="off")
    assert [(email["state"], email["because"]) for email in ledger.emails()] == [
        ("suppressed", "acknowledgements are switched off")
    ]


def test_an_address_that_no_header_can_hold_fails_alone(ledger: Ledger) -> None:
    ledger.arrive(
        submission("good@example.com"), submission("bad\r\nBcc: all@example.com"), submission("åsa@example.com")
    )
    assert ledger.states() == ["queued", "failed", "failed"]


def test_an_international_domain_is_written_to_in_ascii(ledger: Ledger) -> None:
    ledger.arrive(submission("asa@exempel-å.se"))
    (email,) = ledger.emails()
    assert (email["state"], email["recipient"]) == ("queued", "asa@xn--exempel--h0a.se")


def test_a_category_that_the_catalogue_lost_parks_that_event_alone(ledger: Ledger) -> None:
    ledger.arrive(submission(), submission(category="no/such"), submission())
    assert ledger.states() == ["queued", "queued"]
    with ledger.engine.connect() as connection:
        parked = connection.execute(text("select last_error from events.deliveries where parked_at is not null")).all()
    assert len(parked) == 1
    assert "topic" in parked[0].last_error


def opened(email: str = "requester@example.com", **changes: Any) -> Event:
    """A TicketOpened event."""
    event = submission(email, source="phone", by="Ada", **changes)
    return ticket_opened(str(event.ticket), "test", event.payload, event.personal or {})


def test_a_ticket_that_an_agent_opened_is_acknowledged(ledger: Ledger) -> None:
    event = opened(acknowledge=True)
    ledger.arrive(event)
    (email,) = ledger.emails()
    assert (email["kind"], email["state"], email["ticket"]) == ("acknowledgement", "queued", event.ticket)


def test_an_agent_may_leave_the_acknowledgement_out_and_later_answers_reach_the_person(ledger: Ledger) -> None:
    event = opened("late@example.com", acknowledge=False)
    ledger.arrive(event, opened("other@example.com", acknowledge=True))
    assert [email["recipient"] for email in ledger.emails()] == ["other@example.com"]
    ledger.arrive(reply_to_the_thread(str(event.ticket)))
    assert [(one["kind"], one["recipient"]) for one in ledger.emails()[1:]] == [("reply", "late@example.com")]


def test_the_limit_of_acknowledgements_holds_for_forms_and_not_for_agents(ledger: Ledger) -> None:
    ledger.arrive(*(submission("victim@example.com") for _ in range(4)))
    ledger.arrive(opened("victim@example.com", acknowledge=True))
    assert ledger.states() == ["queued", "queued", "queued", "suppressed", "queued"]


def test_a_suppressed_address_is_not_acknowledged_for_an_agent_either(ledger: Ledger) -> None:
    columns, values = "id, address, reason, source", "gen_random_uuid(), 'gone@example.com', 'x', 'person'"
    with ledger.engine.begin() as connection:
        connection.execute(text(f"insert into notify.suppressions ({columns}) values ({values})"))
    ledger.arrive(opened("gone@example.com", acknowledge=True))
    assert ledger.states() == ["suppressed"]


def reply_to_the_thread(ticket: str) -> Event:
    """A reply that leaves the address to the ticket's thread."""
    payload = {"team": "account", "state": "waiting", "category": "account/password", "by": "Ada", "then": "wait"}
    return ticket_answered(ticket, "test", payload, {"message": "Hello."})
