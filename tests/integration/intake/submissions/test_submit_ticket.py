"""One submission, one ticket: on a real Postgres and a real store, with races provoked at a barrier."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from services.intake.submissions.submission import Receipt, Upload
from shared.errors import Unprocessable
from shared.storage.object_store import ObjectStore
from tests.integration.intake.conftest import Send, submission_fields
from tests.samples import files


def count(engine: Engine, what: str) -> int:
    with engine.connect() as connection:
        found: int = connection.execute(text(f"select count(*) from {what}")).scalar_one()
        return found


def at_once(calls: list[Callable[[], Receipt]]) -> list[Receipt | Exception]:
    """Run all calls from one barrier; what each returned or raised."""
    barrier = threading.Barrier(len(calls))
    answers: list[Receipt | Exception] = []

    def run(call: Callable[[], Receipt]) -> None:
        barrier.wait()
        try:
            answers.append(call())
        except Exception as error:
            answers.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def test_a_submission_is_kept_with_its_event_and_two_deliveries(engine: Engine, send: Send) -> None:
    receipt = send(submission_fields(subject="Help", details={"login_method": "google"}))
    with engine.connect() as connection:
        event = connection.execute(text("select * from events.log")).one()
        row = connection.execute(text("select * from intake.submissions")).one()
    assert event.type == "TicketSubmitted"
    assert event.ticket == receipt.reference == row.reference
    assert event.personal["email"] == "ann@example.com"
    assert "@" not in str(event.payload)
    assert event.payload["details_codes"] == {"login_method": "google"}
    assert event.payload["submitted_at"] is not None
    assert row.personal["message"] == "I cannot log in."
    assert count(engine, "events.deliveries") == 2


def test_a_file_lies_in_the_store_under_the_name_the_event_tells(
    engine: Engine, store: ObjectStore, send: Send
) -> None:
    body = files.png()
    send(upload=Upload("../räk.png", body))
    with engine.connect() as connection:
        event = connection.execute(text("select payload, personal from events.log")).one()
    [attachment] = event.payload["attachments"]
    assert store.get(attachment["object"]) == body
    assert event.personal["attachment_names"] == {attachment["id"]: "räk.png"}
    assert "räk" not in str(event.payload)


@pytest.mark.parametrize("with_file", [False, True])
@pytest.mark.parametrize(
    "sender", [{}, {"idempotency_key": "k-1"}, {"form_token": "f-1"}], ids=["by content", "by key", "by form token"]
)
def test_twenty_identical_posts_at_once_are_one_ticket(
    engine: Engine, send: Send, sender: dict[str, str], with_file: bool
) -> None:
    upload = Upload("a.png", files.png()) if with_file else None
    answers = at_once([lambda: send(upload=upload, **sender)] * 20)
    receipts = [answer for answer in answers if isinstance(answer, Receipt)]
    assert len(receipts) == 20, answers
    assert len({receipt.reference for receipt in receipts}) == 1
    assert sum(not receipt.replayed for receipt in receipts) == 1
    assert count(engine, "intake.submissions") == 1
    assert count(engine, "events.log") == 1
    assert count(engine, "intake.attachments") == int(with_file)


def test_two_keys_are_two_tickets_whatever_the_content(engine: Engine, send: Send) -> None:
    answers = at_once([lambda key=key: send(idempotency_key=key) for key in ("a", "b", "c", "d")])  # type: ignore[misc]
    assert len({answer.reference for answer in answers if isinstance(answer, Receipt)}) == 4


def test_a_key_with_another_submission_is_refused_and_stays_with_the_first(engine: Engine, send: Send) -> None:
    first = send(idempotency_key="k")
    with pytest.raises(Unprocessable) as refused:
        send(submission_fields(message="Something else."), idempotency_key="k")
    assert "Idempotency-Key" in refused.value.errors
    assert send(idempotency_key="k").reference == first.reference
    assert count(engine, "intake.submissions") == 1


def test_a_key_with_two_submissions_at_once_is_one_ticket_and_one_error(engine: Engine, send: Send) -> None:
    answers = at_once(
        [lambda n=n: send(submission_fields(message=f"Message {n % 2}"), idempotency_key="k") for n in range(10)]  # type: ignore[misc]
    )
    assert len({answer.reference for answer in answers if isinstance(answer, Receipt)}) == 1
    assert sum(isinstance(answer, Unprocessable) for answer in answers) == 5
    assert count(engine, "intake.submissions") == 1


def test_the_same_submission_from_elsewhere_is_a_new_ticket(engine: Engine, send: Send) -> None:
    assert send(network="192.0.2.1").reference != send(network="192.0.2.2").reference
    assert count(engine, "intake.submissions") == 2


@pytest.mark.parametrize(
    "change", [{"message": "Other."}, {"name": "Ann"}, {"locale": "sv"}, {"details": {"login_method": "email"}}]
)
def test_a_submission_that_differs_in_any_field_is_a_new_ticket(send: Send, change: dict[str, object]) -> None:
    assert send().reference != send(submission_fields(**change)).reference


def test_a_submission_that_differs_in_its_file_is_a_new_ticket(send: Send) -> None:
    references = {
        send(upload=upload).reference for upload in (None, Upload("a.png", files.png()), Upload("a.pdf", files.pdf()))
    }
    assert len(references) == 3


def test_after_ten_minutes_the_same_content_is_a_new_ticket_but_the_same_form_is_not(
    engine: Engine, send: Send
) -> None:
    first = send(form_token="f")
    with engine.begin() as connection:
        connection.execute(
            text("update intake.idempotency set expires_at = now() - interval '1 second' where expires_at is not null")
        )
    assert send(form_token="f").reference == first.reference
    assert send().reference != first.reference


def test_a_second_form_with_the_same_submission_is_the_same_ticket_for_good(engine: Engine, send: Send) -> None:
    first = send(form_token="f-1")
    assert send(form_token="f-2").replayed
    with engine.begin() as connection:
        connection.execute(
            text("update intake.idempotency set expires_at = now() - interval '1 second' where expires_at is not null")
        )
    assert send(form_token="f-2").reference == first.reference


def test_the_same_form_with_an_edited_submission_is_a_new_ticket(engine: Engine, send: Send) -> None:
    first = send(form_token="f")
    edited = send(submission_fields(message="Edited after Back."), form_token="f")
    assert edited.reference != first.reference
    assert send(form_token="f").reference == first.reference


def test_one_form_from_two_networks_at_once_is_one_ticket(engine: Engine, send: Send) -> None:
    answers = at_once([lambda n=n: send(network=f"192.0.2.{n % 2}", form_token="f") for n in range(12)])  # type: ignore[misc]
    assert len({answer.reference for answer in answers if isinstance(answer, Receipt)}) == 1, answers
    assert count(engine, "intake.submissions") == 1


def test_an_expired_key_is_free_again_for_exactly_one(engine: Engine, send: Send) -> None:
    first = send(idempotency_key="k")
    with engine.begin() as connection:
        connection.execute(text("update intake.idempotency set expires_at = now() - interval '1 second'"))
    answers = at_once([lambda: send(idempotency_key="k")] * 8)
    references = {answer.reference for answer in answers if isinstance(answer, Receipt)}
    assert len(references) == 1
    assert first.reference not in references
    assert count(engine, "intake.submissions") == 2


def test_a_submission_without_a_key_equal_to_one_with_a_key_is_the_same_ticket(send: Send) -> None:
    assert send(idempotency_key="k").reference == send().reference


def test_earlier_tickets_of_the_address_travel_with_the_event(engine: Engine, send: Send) -> None:
    send(submission_fields(message="one"))
    send(submission_fields(message="two", email="ANN+tag@example.com", category="account/password"))
    with engine.begin() as connection:
        connection.execute(
            text(
                "update intake.submissions set submitted_at = now() - interval '91 days' where category = 'account/login'"
            )
        )
    send(submission_fields(message="three"))
    with engine.connect() as connection:
        payload = connection.execute(text("select payload from events.log order by id desc limit 1")).scalar_one()
    assert [ticket["category"] for ticket in payload["earlier_tickets"]] == ["account/password"]


def test_at_most_fifty_earlier_tickets_are_told(engine: Engine, send: Send) -> None:
    for number in range(55):
        send(submission_fields(message=f"message {number}"))
    with engine.connect() as connection:
        payload = connection.execute(text("select payload from events.log order by id desc limit 1")).scalar_one()
    assert len(payload["earlier_tickets"]) == 50


def test_missing_evidence_is_told_by_receipt_event_and_replay(engine: Engine, send: Send) -> None:
    fields = submission_fields(category="business/blocked-link")
    receipt = send(fields)
    assert receipt.missing_evidence == ("site_url", "pin_url")
    assert send(fields).missing_evidence == receipt.missing_evidence
    with engine.connect() as connection:
        payload = connection.execute(text("select payload from events.log")).scalar_one()
    assert payload["missing_evidence"] == ["site_url", "pin_url"]
