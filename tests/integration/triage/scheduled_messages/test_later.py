"""Messages that are sent at a time that their writer chose."""

import io
from datetime import UTC, datetime, timedelta

import pytest

from services.triage.settings import TriageSettings
from services.triage.uploads.sweep_uploads import delete_unused
from shared.settings import read
from shared.storage.object_store import ObjectStore
from tests.integration.triage.conftest import People, Triage
from tests.integration.triage.console.conftest import SignedIn, Visitor
from tests.integration.triage.scheduled_messages.conftest import Outbox, in_the_future
from tests.samples import files

Claimed = tuple[Visitor, str]


def schedule(visitor: Visitor, reference: str, status: int = 303, **fields: object) -> str:
    given = {"message": "See you.", "then": "wait", "later": "at", "later_at": in_the_future(), **fields}
    return str(visitor.act(reference, "replies", status, **given).text)


def test_it_ends_the_claim_and_is_its_writers_until_then(
    claimed: Claimed, triage: Triage, outbox: Outbox, people: People, signed_in: SignedIn
) -> None:
    anna, reference = claimed
    before = triage.ticket(reference)
    schedule(anna, reference)
    after = triage.ticket(reference)
    assert (after.state, after.claim) == ("open", None)
    assert after.respond_by == before.respond_by
    assert after.owner == outbox.rows[0].writer
    assert after.reserved_until is not None
    assert people("agent", "ads").claim("ads") == []
    assert "message_scheduled" in triage.timeline(reference)
    for page in (signed_in("Bo", "agent", "ads").get(f"/tickets/{reference}"), anna.get(f"/tickets/{reference}")):
        assert "Not sent yet" in page
        assert "See you." in page
    assert "See you." in anna.get("/yours")
    assert outbox.send() == 0
    assert outbox.send_all() == 1
    assert triage.ticket(reference).state == "waiting"
    [told] = triage.told(reference, "TicketAnswered")
    assert told["by"] == "Anna"


def test_a_deadline_ends_the_reservation(claimed: Claimed, triage: Triage) -> None:
    anna, reference = claimed
    triage.rows("update triage.tickets set respond_by = now() + interval '1 hour'")
    schedule(anna, reference)
    ticket = triage.ticket(reference)
    assert ticket.reserved_until == ticket.respond_by


def test_the_requesters_message_stops_it_and_the_owner_is_told(
    claimed: Claimed, triage: Triage, outbox: Outbox, signed_in: SignedIn
) -> None:
    anna, reference = claimed
    schedule(anna, reference)
    bo = signed_in("Bo", "agent", "ads")
    triage.rows("update triage.tickets set owner = (select id from auth.users where email = 'bo@example.org')")
    triage.follow_up(reference, message="Never mind")
    assert outbox.states == [("draft", "requester_wrote")]
    assert outbox.send_all() == 0
    for visitor in (anna, bo):
        page = visitor.get("/yours")
        assert "the requester has written since" in page
        assert "See you." in page
    assert triage.told(reference, "TicketAnswered") == []


def test_a_waiting_ticket_stays_waiting(triage: Triage, signed_in: SignedIn, outbox: Outbox) -> None:
    anna, reference = signed_in("Anna", "agent", "ads"), triage.submit("ads/metrics")
    triage.rows("update triage.tickets set state = 'waiting', respond_by = null")
    schedule(anna, reference, then="resolve")
    assert (triage.ticket(reference).state, triage.ticket(reference).owner) == ("waiting", outbox.rows[0].writer)
    outbox.send_all()
    assert triage.ticket(reference).state == "resolved"


@pytest.mark.parametrize("change", ["claimed", "transferred", "answered"])
def test_a_colleagues_change_stops_it(
    change: str, claimed: Claimed, triage: Triage, people: People, outbox: Outbox
) -> None:
    anna, reference = claimed
    schedule(anna, reference)
    bo = people("agent", "ads", "billing")
    if change == "claimed":
        bo.post(f"/v1/tickets/{reference}/takeover", {"lease_seconds": 60})
    elif change == "transferred":
        bo.post(f"/v1/tickets/{reference}/transfer", {"team": "billing", "reason": "x"})
    else:
        bo.post(f"/v1/tickets/{reference}/replies", {"message": "I did it.", "then": "wait"}, 201)
    outbox.send_all()
    assert outbox.states == [("draft", "not_allowed" if change == "transferred" else "changed")]
    assert len(triage.told(reference, "TicketAnswered")) == (change == "answered")


def test_cancelling_is_told_and_brings_the_text_back(claimed: Claimed, triage: Triage, outbox: Outbox) -> None:
    anna, reference = claimed
    schedule(anna, reference)
    anna.get(f"/tickets/{reference}")
    anna.post(f"/tickets/{reference}/scheduled/{outbox.rows[0].id}/undo")
    assert "message_unscheduled" in triage.timeline(reference)
    assert "See you." in anna.get(f"/tickets/{reference}")
    anna.claim(reference)
    assert ">See you.</textarea>" in anna.get(f"/tickets/{reference}")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"later_at": in_the_future(-1)}, "This time has passed."),
        ({"later_at": in_the_future(400)}, "At most a year ahead."),
        ({"later_at": ""}, "Enter a date and a time."),
        ({"later": "someday"}, "Choose when to send it."),
    ],
)
def test_a_wrong_time_is_told_and_nothing_is_lost(
    claimed: Claimed, outbox: Outbox, triage: Triage, fields: dict[str, str], words: str
) -> None:
    anna, reference = claimed
    page = schedule(anna, reference, 422, **fields)
    assert words in page
    assert ">See you.</textarea>" in page
    assert outbox.rows == []
    assert triage.ticket(reference).state == "claimed"


def test_the_offered_times_work(claimed: Claimed, outbox: Outbox) -> None:
    anna, reference = claimed
    schedule(anna, reference, later="hour", later_at="")
    due = outbox.rows[0].due_at - datetime.now(UTC)
    assert timedelta(minutes=58) < due < timedelta(minutes=61)


def test_its_files_outlive_a_day(claimed: Claimed, triage: Triage, outbox: Outbox, environment: dict[str, str]) -> None:
    anna, reference = claimed
    schedule(anna, reference, files=(io.BytesIO(files.PDF), "a.pdf"), later_at=in_the_future(3))
    triage.rows("update triage.uploads set created_at = now() - interval '2 days'")
    settings = read(TriageSettings, environment)
    delete_unused(outbox.engine, ObjectStore(settings))
    assert len(triage.rows("select * from triage.uploads")) == 1
    outbox.send_all()
    assert triage.ticket(reference).state == "waiting"
    assert len(triage.rows("select * from triage.attachments where ticket = :r", r=reference)) == 1
    delete_unused(outbox.engine, ObjectStore(settings))


def test_a_message_that_always_fails_does_not_stop_the_next(
    claimed: Claimed, triage: Triage, outbox: Outbox, signed_in: SignedIn
) -> None:
    anna, reference = claimed
    schedule(anna, reference)
    triage.rows(
        'update triage.scheduled_messages set content = \'{"values": {"message": 5, "then": []}, "applied": {}}\''
    )
    other = triage.submit("ads/metrics")
    anna.claim(other)
    schedule(anna, other)
    outbox.send_all()
    assert outbox.states == [("draft", "error")]
    assert triage.ticket(other).state == "waiting"
