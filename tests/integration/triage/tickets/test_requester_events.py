"""Events of requesters after the submission: follow-ups, withdrawals, file checks, e-mail states."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.triage.tickets.follow_up import LATE
from shared.events.contracts import Event, attachment_checked, email_state_changed, ticket_followed_up, ticket_withdrawn
from tests.integration.triage.conftest import People, Triage


def _file(state: str = "pending") -> dict[str, Any]:
    return {"id": str(uuid4()), "object": "a/b", "media_type": "image/png", "size": 5, "sha256": "00", "state": state}


@pytest.fixture
def held(triage: Triage) -> str:
    return triage.submit("business/blocked-link", missing_evidence=["site_url", "pin_url"])


def test_a_held_ticket_opens_when_its_evidence_is_complete(held: str, triage: Triage) -> None:
    triage.follow_up(held, missing=["pin_url"], details={"site_url": "https://example.com"}, filled=["site_url"])
    assert triage.ticket(held).state == "held"
    assert triage.ticket(held).missing_evidence == ["pin_url"]
    triage.follow_up(held, missing=[], details={"pin_url": "https://example.com/1"}, filled=["pin_url"])
    ticket = triage.ticket(held)
    assert (ticket.state, ticket.missing_evidence) == ("open", [])
    assert ticket.details == {"site_url": "https://example.com", "pin_url": "https://example.com/1"}
    assert timedelta(hours=23) < ticket.respond_by - ticket.created_at < timedelta(hours=25)
    assert triage.timeline(held) == ["routed", "followed_up", "followed_up", "evidence_complete"]
    [told] = triage.told(held, "TicketStateChanged")
    assert (told["state"], told["team"]) == ("open", "business")
    assert told["respond_by"] == ticket.respond_by.isoformat()


def test_a_ticket_is_not_held_for_evidence_that_cannot_be_provided(held: str, triage: Triage) -> None:
    triage.follow_up(held, missing=[], details={"cannot_provide": ["site_url", "pin_url"]})
    assert triage.ticket(held).state == "open"
    assert "evidence-refused" in triage.ticket(held).tags


def test_files_and_messages_reach_the_ticket(triage: Triage) -> None:
    reference = triage.submit("ads/metrics")
    file = _file()
    triage.follow_up(reference, message="One more thing", attachments=[file], attachment_names={file["id"]: "b.png"})
    assert triage.ticket(reference).state == "open"
    [row] = triage.rows("select name, state from triage.attachments")
    assert tuple(row) == ("b.png", "pending")
    [line] = triage.rows("select message, facts from triage.timeline where kind = 'followed_up'")
    assert line.message == "One more thing"
    assert line.facts["attachments"] == [file["id"]]
    [told] = triage.told(reference, "FollowUpReceived")
    assert (told["team"], told["state"]) == ("ads", "open")
    assert triage.told(reference, "TicketStateChanged") == []


@pytest.mark.parametrize("action", ["replies", "resolution"])
def test_a_message_opens_a_waiting_or_resolved_ticket(action: str, triage: Triage, people: People) -> None:
    reference = triage.submit("ads/metrics")
    body = {"message": "Hej!"} if action == "replies" else {"outcome": "solved"}
    people("agent", "ads")("POST", f"/v1/tickets/{reference}/{action}", body)
    triage.follow_up(reference)
    ticket = triage.ticket(reference)
    assert ticket.state == "open"
    assert ticket.respond_by is not None
    assert LATE not in ticket.tags


def test_a_message_long_after_the_resolution_reopens_the_ticket(triage: Triage, people: People) -> None:
    reference = triage.submit("ads/metrics")
    people("agent", "ads").post(f"/v1/tickets/{reference}/resolution", {"outcome": "solved"})
    triage.rows("update triage.tickets set resolved_at = resolved_at - interval '15 days'")
    triage.follow_up(reference)
    assert triage.ticket(reference).state == "open"
    assert triage.ticket(reference).tags == [LATE]


def test_a_claimed_ticket_stays_with_its_holder(triage: Triage, people: People) -> None:
    reference = triage.submit("ads/metrics")
    agent = people("agent", "ads")
    [claim] = agent.claim()
    triage.follow_up(reference)
    body = {"claim": claim["claim"], "version": claim["version"], "message": "Hej!"}
    agent.post(f"/v1/tickets/{reference}/replies", body, 201)


def test_the_same_event_twice_is_one_follow_up(triage: Triage) -> None:
    reference = triage.submit("ads/metrics")
    [first] = triage.record(ticket_followed_up(reference, "c", {"attachments": [_file()]}, {"message": "x"}))
    assert triage.consumer.consume([first]) == 1
    again = "insert into events.deliveries (id, subscriber, ticket) values (:id, 'triage', :ticket)"
    triage.rows(again, id=first, ticket=reference)
    assert triage.consumer.consume([first]) == 1
    assert triage.timeline(reference) == ["routed", "followed_up"]


@pytest.mark.parametrize(
    "event",
    [
        ticket_followed_up("T-0000-0000", "c", {}, {}),
        ticket_withdrawn("T-0000-0000", "c"),
        email_state_changed("T-0000-0000", "c", {"state": "sent"}),
        attachment_checked("T-0000-0000", "c", {"attachment": str(uuid4()), "state": "clean"}),
    ],
    ids=lambda event: event.type,
)
def test_an_event_before_its_ticket_is_retried(event: Event, triage: Triage) -> None:
    assert triage.take(event) == 0
    [row] = triage.rows("select delays, failures, parked_at from events.deliveries where subscriber = 'triage'")
    assert tuple(row) == (1, 0, None)


def test_a_claimed_ticket_can_be_withdrawn(triage: Triage, people: People) -> None:
    reference = triage.submit("ads/metrics")
    agent = people("agent", "ads")
    [claim] = agent.claim()
    triage.withdraw(reference)
    assert triage.ticket(reference).state == "withdrawn"
    agent.post(f"/v1/tickets/{reference}/replies", {"claim": claim["claim"], "message": "x"}, 409)
    assert agent("DELETE", f"/v1/claims/{claim['claim']}").status_code == 409
    assert [told["state"] for told in triage.told(reference, "TicketStateChanged")] == ["withdrawn"]


def test_a_resolved_ticket_stays_resolved_after_a_withdrawal(triage: Triage, people: People) -> None:
    reference = triage.submit("ads/metrics")
    people("agent", "ads").post(f"/v1/tickets/{reference}/resolution", {"outcome": "solved"})
    triage.withdraw(reference)
    assert triage.ticket(reference).state == "resolved"
    other = triage.submit("ads/metrics")
    triage.withdraw(other)
    triage.withdraw(other)
    triage.follow_up(other)
    assert triage.ticket(other).state == "withdrawn"
    assert triage.timeline(other) == ["routed", "withdrawn", "followed_up"]


def test_emails_are_on_the_timeline(triage: Triage) -> None:
    one, two = triage.submit("ads/metrics"), triage.submit("ads/metrics")
    sent = {"email": str(uuid4()), "kind": "acknowledgement", "state": "sent", "because": None}
    triage.take(
        *(email_state_changed(ticket, "c", sent) for ticket in (one, two)), email_state_changed(None, "c", sent)
    )
    for reference in (one, two):
        [line] = triage.rows(
            "select facts from triage.timeline where kind = 'email' and ticket = :ticket", ticket=reference
        )
        assert (line.facts["kind"], line.facts["state"]) == ("acknowledgement", "sent")


def test_a_checked_file_is_clean_or_quarantined_for_good(triage: Triage) -> None:
    file, bad = _file(), _file()
    reference = triage.submit("ads/metrics", attachments=[file, bad])

    def check(one: dict[str, Any], state: str) -> None:
        triage.take(attachment_checked(reference, "c", {"attachment": one["id"], "state": state, "because": None}))

    check(file, "clean")
    check(bad, "quarantined")
    check(bad, "clean")
    rows = triage.rows("select id, state from triage.attachments")
    assert {str(row.id): row.state for row in rows} == {file["id"]: "clean", bad["id"]: "quarantined"}


def test_the_remark_about_a_file_is_shown_to_agents(triage: Triage, people: People) -> None:
    file = _file()
    reference = triage.submit("ads/metrics", attachments=[file])
    noticed = {"attachment": file["id"], "state": "not_scanned", "because": "active content: JavaScript"}
    triage.take(attachment_checked(reference, "c", noticed))
    [shown] = people("agent", "ads").get(f"/v1/tickets/{reference}")["attachments"]
    assert (shown["state"], shown["remark"]) == ("not_scanned", "active content: JavaScript")


def test_an_automatic_email_does_not_open_the_ticket(triage: Triage, people: People) -> None:
    reference = triage.submit("ads/metrics")
    people("agent", "ads")("POST", f"/v1/tickets/{reference}/resolution", {"outcome": "solved"})
    payload = {
        "follow_up": str(uuid4()),
        "attachments": [],
        "missing_evidence": [],
        "filled": [],
        "source": "email",
        "automatic": True,
    }
    personal = {"message": "I am away.", "from": "eve@example.net", "not_taken": [{"name": "a.exe", "because": "No."}]}
    triage.take(ticket_followed_up(reference, "c", payload, personal))
    assert triage.ticket(reference).state == "resolved"
    [line] = triage.rows("select message, facts from triage.timeline where kind = 'followed_up'")
    assert line.message == "I am away."
    assert (line.facts["automatic"], line.facts["from"]) == (True, "eve@example.net")
    assert triage.told(reference, "FollowUpReceived") == []
    shown = people("agent", "ads").get(f"/v1/tickets/{reference}")["timeline"]
    messages = [(one["text"], one["quoted"], one["automatic"]) for one in shown if one["kind"] == "followed_up"]
    assert messages == [("I am away.", None, True)]


def test_a_mail_that_a_program_may_have_written_opens_the_ticket(triage: Triage, people: People) -> None:
    reference = triage.submit("ads/metrics")
    people("agent", "ads")("POST", f"/v1/tickets/{reference}/resolution", {"outcome": "solved"})
    payload = {"follow_up": str(uuid4()), "attachments": [], "missing_evidence": [], "filled": [], "source": "email"}
    personal = {"message": "Still wrong.", "quoted": "Resolved."}
    triage.take(ticket_followed_up(reference, "c", {**payload, "unsure": "List-Id"}, personal))
    assert triage.ticket(reference).state == "open"
    shown = people("agent", "ads").get(f"/v1/tickets/{reference}")["timeline"]
    [line] = [one for one in shown if one["kind"] == "followed_up"]
    assert (line["text"], line["quoted"], line["automatic"]) == ("Still wrong.", "Resolved.", False)
    assert line["facts"]["unsure"] == "List-Id"
