"""What the console sends to a requester can be undone until it is sent, and is sent once."""

import io
import re
import threading
from typing import Any

import pytest
from sqlalchemy import Engine

from services.triage.timers.expire_claims import expire_claims
from tests.integration.triage.conftest import Caller, People, Triage
from tests.integration.triage.console.conftest import SignedIn, Visitor
from tests.integration.triage.scheduled_messages.conftest import Outbox
from tests.samples import files

Claimed = tuple[Visitor, str]
TOLD: dict[str, tuple[str, dict[str, Any], str]] = {
    "replies": ("TicketAnswered", {"message": "Hello", "then": "wait"}, "waiting"),
    "information-requests": ("EvidenceRequested", {"evidence": "site_url", "message": "Hello"}, "waiting"),
    "disapproval": ("TicketDisapproved", {"reasons": "excessive_hashtags", "message": "Hello"}, "resolved"),
    "resolution": ("TicketResolved", {"outcome": "solved", "message": "Hello"}, "resolved"),
}


def undo(visitor: Visitor, reference: str, outbox: Outbox, verb: str = "undo", status: int = 303) -> str:
    visitor.get(f"/tickets/{reference}")
    answer = visitor.post(f"/tickets/{reference}/scheduled/{outbox.rows[-1].id}/{verb}", status)
    return str(answer.headers.get("Location", ""))


@pytest.mark.parametrize("action", TOLD)
def test_every_action_that_emails_waits_and_is_sent_once(
    action: str, triage: Triage, signed_in: SignedIn, outbox: Outbox
) -> None:
    kind, fields, state = TOLD[action]
    anna, reference = signed_in("Anna", "agent", "business"), triage.submit("business/blocked-link")
    anna.claim(reference)
    before = triage.ticket(reference)
    answer = anna.act(reference, action, **fields)
    assert "done=sending-" in answer.headers["Location"]
    after = triage.ticket(reference)
    assert (after.state, after.claim, after.version, after.owner) == (before.state, before.claim, before.version, None)
    assert triage.told(reference, kind) == []
    assert outbox.send() == 0
    assert outbox.send_all() == 1
    [told] = triage.told(reference, kind)
    assert (told["by"], told["source"]) == ("Anna", "console")
    assert triage.ticket(reference).state == state
    assert (outbox.rows, outbox.send()) == ([], 0)


def test_the_page_shows_it_and_undoing_brings_the_text_back(claimed: Claimed, triage: Triage, outbox: Outbox) -> None:
    anna, reference = claimed
    anna.act(reference, "replies", message="We look at *it*.", then="resolve")
    page = anna.get(f"/tickets/{reference}")
    assert "Not sent yet" in page
    assert "We look at <em>it</em>." in page
    there = undo(anna, reference, outbox)
    assert there == f"/tickets/{reference}?do=reply&done=undone#act"
    page = anna.get(there)
    assert "Nothing was sent." in page
    assert ">We look at *it*.</textarea>" in page
    assert re.search(r'class="button main"[^>]*value="resolve"', page)
    assert (outbox.states, outbox.send_all()) == ([("draft", None)], 0)
    assert triage.told(reference, "TicketAnswered") == []
    assert "message_not_sent" not in triage.timeline(reference)
    # Sent again, the draft is gone.
    anna.act(reference, "replies", message="Better.", then="wait")
    assert outbox.states == [("scheduled", None)]
    outbox.send_all()
    [told] = triage.told(reference, "TicketAnswered")
    assert told["then"] == "wait"
    assert outbox.rows == []


def test_a_draft_is_deleted_on_request(claimed: Claimed, triage: Triage, outbox: Outbox, signed_in: SignedIn) -> None:
    anna, reference = claimed
    anna.act(reference, "replies", message="Hello", then="wait")
    undo(anna, reference, outbox)
    bo = signed_in("Bo", "agent", "ads")
    assert "Hello" not in bo.get(f"/tickets/{reference}"), "a draft that was cancelled is its writer's alone"
    undo(bo, reference, outbox, "discard")
    assert len(outbox.rows) == 1
    undo(anna, reference, outbox, "discard")
    assert outbox.rows == []


def test_sending_now_sends_now(claimed: Claimed, triage: Triage, outbox: Outbox) -> None:
    anna, reference = claimed
    anna.act(reference, "replies", message="Hello", then="wait")
    assert undo(anna, reference, outbox, "now").endswith("done=sent")
    assert len(triage.told(reference, "TicketAnswered")) == 1
    assert outbox.send() == 0


def test_too_late_is_told(claimed: Claimed, triage: Triage, outbox: Outbox) -> None:
    anna, reference = claimed
    anna.act(reference, "replies", message="Hello", then="wait")
    message = outbox.rows[0].id
    outbox.send_all()
    for verb in ("undo", "now"):
        answer = anna.post(f"/tickets/{reference}/scheduled/{message}/{verb}")
        assert answer.headers["Location"].endswith("done=too-late")
    assert len(triage.told(reference, "TicketAnswered")) == 1


def test_only_its_writer_and_leads_undo_it(
    claimed: Claimed, triage: Triage, outbox: Outbox, signed_in: SignedIn
) -> None:
    anna, reference = claimed
    anna.act(reference, "replies", message="Hello", then="wait")
    message = outbox.rows[0].id
    bo, other = signed_in("Bo", "agent", "ads"), signed_in("Cleo", "agent", "billing")
    bo.get(f"/tickets/{reference}")
    other.get("/queues/billing")
    for visitor, verbs in ((bo, ("undo", "now")), (other, ("undo", "now", "discard"))):
        for verb in verbs:
            visitor.post(f"/tickets/{reference}/scheduled/{message}/{verb}", 403)
    other.get(f"/tickets/{reference}/scheduled/{message}", 403)
    assert outbox.states == [("scheduled", None)]
    undo(signed_in("Lea", "lead", "ads"), reference, outbox)
    assert outbox.states == [("draft", "cancelled")]
    assert "a lead cancelled it" in anna.get(f"/tickets/{reference}")


def test_the_form_is_refused_at_once(claimed: Claimed, triage: Triage, outbox: Outbox) -> None:
    anna, reference = claimed
    triage.follow_up(reference, message="Never mind")
    page = anna.get(f"/tickets/{reference}")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    [first] = triage.rows("select min(id) as id from triage.timeline where ticket = :r", r=reference)
    stale = {**hidden, "message": "Hello", "then": "wait", "seen": first.id}
    assert "Never mind" in anna.post(f"/tickets/{reference}/replies", 409, **stale).text
    assert "Write a few words" in anna.act(reference, "replies", 422, message=" ", then="wait").text
    anna.post(f"/tickets/{reference}/resolution", 422, **hidden, outcome="nothing")
    triage.rows("update triage.claims set lease_expires_at = now() - interval '1 second'")
    triage.rows("update triage.tickets set lease_expires_at = now() - interval '1 second'")
    anna.post(f"/tickets/{reference}/replies", 409, **hidden, message="Hello", then="wait")
    assert outbox.rows == []
    assert triage.told(reference, "TicketAnswered") == []


@pytest.mark.parametrize("then", ["wait", "keep"])
def test_a_form_sent_twice_is_sent_once(claimed: Claimed, triage: Triage, outbox: Outbox, then: str) -> None:
    anna, reference = claimed
    page = anna.get(f"/tickets/{reference}")
    form = re.search(rf'<form[^>]+action="/tickets/{reference}/replies".*?</form>', page, re.DOTALL)
    assert form
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    fields = {**hidden, "message": "Hello", "then": then}
    threads = [
        threading.Thread(target=anna.client.post, args=(f"/tickets/{reference}/replies",), kwargs={"data": fields})
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert outbox.states == [("scheduled", None)]
    outbox.send_all()
    anna.post(f"/tickets/{reference}/replies", 303, **fields)
    outbox.send_all()
    assert len(triage.told(reference, "TicketAnswered")) == 1


def _colleague_claims(triage: Triage, people: People, reference: str) -> None:
    people("lead", "ads").post(f"/v1/tickets/{reference}/takeover", {"lease_seconds": 60})


def _colleague_resolves(triage: Triage, people: People, reference: str) -> None:
    triage.rows("update triage.tickets set state = 'open', claim = null, version = version + 1")
    triage.rows("update triage.claims set ended_at = now(), ended_how = 'given_back'")
    people("agent", "ads").post(f"/v1/tickets/{reference}/resolution", {"outcome": "solved"})


def _withdrawn(triage: Triage, _: People, reference: str) -> None:
    triage.withdraw(reference)


def _writer_is_gone(triage: Triage, _: People, __: str) -> None:
    triage.rows("update auth.users set disabled_at = now() where email = 'anna@example.org'")


def _writer_has_another_team(triage: Triage, _: People, __: str) -> None:
    triage.rows(
        "delete from auth.memberships where user_id = (select id from auth.users where email = 'anna@example.org')"
    )


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (lambda triage, _, reference: triage.follow_up(reference), "requester_wrote"),
        (_colleague_claims, "changed"),
        (_colleague_resolves, "changed"),
        (_withdrawn, "changed"),
        (_writer_is_gone, "account_closed"),
        (_writer_has_another_team, "not_allowed"),
    ],
)
def test_what_no_longer_fits_is_kept_as_a_draft(
    claimed: Claimed, triage: Triage, people: People, outbox: Outbox, signed_in: SignedIn, change: Any, because: str
) -> None:
    anna, reference = claimed
    anna.act(reference, "replies", message="We look at it.", then="keep")
    change(triage, people, reference)
    told = len(triage.told(reference, "TicketAnswered"))
    outbox.send_all()
    assert outbox.states == [("draft", because)]
    assert triage.timeline(reference).count("message_not_sent") == 1
    assert len(triage.told(reference, "TicketAnswered")) == told == 0
    page = signed_in("Bo", "agent", "ads").get(f"/tickets/{reference}")
    assert "A message by Anna was not sent" in page
    assert "We look at it." in page
    if because == "changed":
        assert "We look at it." in anna.get("/yours")
        assert "We look at it." in anna.get(f"/tickets/{reference}")


def test_the_requesters_message_stops_it_before_it_is_due(claimed: Claimed, triage: Triage, outbox: Outbox) -> None:
    anna, reference = claimed
    anna.act(reference, "replies", message="We look at it.", then="wait")
    triage.follow_up(reference, message="Never mind")
    assert outbox.states == [("draft", "requester_wrote")]
    page = anna.get(f"/tickets/{reference}")
    assert "the requester has written since" in page
    assert ">We look at it.</textarea>" in page
    anna.act(reference, "replies", message="Fine.", then="resolve")
    outbox.send_all()
    assert triage.ticket(reference).state == "resolved"
    assert outbox.rows == []


def test_an_upload_that_is_used_elsewhere_stops_it(claimed: Claimed, triage: Triage, outbox: Outbox) -> None:
    anna, reference = claimed
    anna.act(reference, "replies", message="See the file.", then="wait", files=(io.BytesIO(files.PDF), "a.pdf"))
    [row] = outbox.rows
    assert len(row.uploads) == 1
    triage.rows("update triage.uploads set used_at = now()")
    outbox.send_all()
    assert outbox.states == [("draft", "files")]


def test_a_form_with_a_file_sent_twice_is_sent_once(claimed: Claimed, outbox: Outbox) -> None:
    anna, reference = claimed
    page = anna.get(f"/tickets/{reference}")
    line = re.search(r'name="line" value="(\d+)"', page)
    assert line
    for _ in range(2):
        file = (io.BytesIO(files.PDF), "plan.pdf")
        anna.act(reference, "replies", message="See the file.", then="keep", line=line[1], files=file)
    assert outbox.states == [("scheduled", None)]


def test_its_files_travel_and_come_back(claimed: Claimed, triage: Triage, outbox: Outbox) -> None:
    anna, reference = claimed
    anna.act(reference, "replies", message="See the file.", then="wait", files=(io.BytesIO(files.PDF), "plan.pdf"))
    assert "plan.pdf" in anna.get(undo(anna, reference, outbox))
    [upload] = outbox.rows[0].uploads
    anna.act(reference, "replies", message="See the file.", then="wait", attachments=str(upload))
    outbox.send_all()
    assert [row.name for row in triage.rows("select name from triage.attachments where ticket = :r", r=reference)] == [
        "plan.pdf"
    ]


def test_a_claim_that_ended_by_itself_stops_nothing(claimed: Claimed, triage: Triage, outbox: Outbox) -> None:
    anna, reference = claimed
    anna.act(reference, "replies", message="Late worker.", then="wait")
    triage.rows("update triage.claims set lease_expires_at = now() - interval '1 second'")
    triage.rows("update triage.tickets set lease_expires_at = now() - interval '1 second'")
    with triage.engine.begin() as connection:
        assert expire_claims(connection) == 1
    outbox.send_all()
    assert triage.ticket(reference).state == "waiting"
    assert outbox.rows == []


def test_the_claim_lasts_until_it_is_sent(claimed: Claimed, triage: Triage, outbox: Outbox) -> None:
    anna, reference = claimed
    triage.rows("update triage.claims set lease_expires_at = now() + interval '5 seconds'")
    triage.rows("update triage.tickets set lease_expires_at = now() + interval '5 seconds'")
    anna.act(reference, "replies", message="Hello", then="wait")
    [row] = outbox.rows
    [claim] = triage.rows("select lease_expires_at from triage.claims")
    assert claim.lease_expires_at > row.due_at
    assert triage.ticket(reference).lease_expires_at == claim.lease_expires_at


def test_two_workers_send_it_once(claimed: Claimed, triage: Triage, outbox: Outbox, engine: Engine) -> None:
    anna, reference = claimed
    anna.act(reference, "replies", message="Hello", then="keep")
    outbox.make_due()
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        outbox.send()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    outbox.send()
    assert len(triage.told(reference, "TicketAnswered")) == 1


def test_undoing_while_it_is_sent_does_one_of_both(
    claimed: Claimed, triage: Triage, outbox: Outbox, people: People
) -> None:
    anna, reference = claimed
    anna.act(reference, "replies", message="Hello", then="keep")
    outbox.make_due()
    barrier = threading.Barrier(2)
    page = f"/tickets/{reference}/scheduled/{outbox.rows[0].id}/undo"
    answers: list[str] = []

    def cancel_message() -> None:
        barrier.wait()
        answers.append(str(anna.client.post(page, data={"csrf_token": anna.token}).headers["Location"]))

    def work() -> None:
        barrier.wait()
        outbox.send()

    anna.get(f"/tickets/{reference}")
    threads = [threading.Thread(target=cancel_message), threading.Thread(target=work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    outbox.send()
    sent = len(triage.told(reference, "TicketAnswered"))
    assert (sent, "too-late" in answers[0]) in [(1, True), (0, False)]
    assert outbox.states == ([] if sent else [("draft", None)])


def test_the_api_sends_at_once(people: People, triage: Triage, outbox: Outbox, undoing_app: Any) -> None:
    reference = triage.submit("ads/metrics")
    ada: Caller = people("agent", "ads")
    ada.client = undoing_app.test_client()
    ada.post(f"/v1/tickets/{reference}/replies", {"message": "Hello"}, 201)
    assert outbox.rows == []
    assert len(triage.told(reference, "TicketAnswered")) == 1


def test_spam_messages_to_colleagues_and_transfers_do_not_wait(
    claimed: Claimed, triage: Triage, outbox: Outbox
) -> None:
    anna, reference = claimed
    anna.act(reference, "notes", message="For us")
    anna.act(reference, "resolution", outcome="spam")
    assert outbox.rows == []
    assert triage.ticket(reference).state == "resolved"
