"""Merging one ticket into another, by the API."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.triage.merging.merge import MOST_MERGED
from services.triage.timers.fill_search import fill_search
from shared.events.contracts import email_state_changed, requester_address_changed
from shared.ticket_keys import new_reference
from tests.integration.triage.conftest import Caller, People, Triage
from tests.integration.triage.webhooks.conftest import AdsTeam


@pytest.fixture
def agent(people: People) -> Caller:
    return people("agent", "ads", name="Ada")


def merge(caller: Caller, reference: str, into: str, status: int = 200, **more: Any) -> Any:
    return caller.post(f"/v1/tickets/{reference}/merge", {"into": into, **more}, status)


def texts(ticket: Any) -> list[tuple[str, str]]:
    return [(entry["reference"], entry["text"]) for entry in ticket["conversation"]]


def test_the_surviving_conversation_holds_both_in_order(agent: Caller, triage: Triage) -> None:
    older = triage.submit(message="First.")
    newer = triage.submit(message="Second.")
    triage.follow_up(older, message="Third.")
    agent.post(f"/v1/tickets/{newer}/replies", {"message": "Fourth.", "then": "keep"}, 201)
    answer = merge(agent, newer, older)
    assert answer["reference"] == older
    assert texts(answer) == [(older, "First."), (newer, "Second."), (older, "Third."), (newer, "Fourth.")]
    assert agent.get(f"/v1/tickets/{older}")["conversation"] == answer["conversation"]
    assert answer["links"] == [{"reference": newer, "relation": "merged_from"}]
    page = agent.get(f"/v1/tickets/{older}/conversation?limit=2")
    assert [entry["text"] for entry in page["items"]] == ["Third.", "Fourth."]
    page = agent.get(f"/v1/tickets/{older}/conversation?limit=2&before={page['next_cursor']}")
    assert ([entry["text"] for entry in page["items"]], page["next_cursor"]) == (["First.", "Second."], None)


def test_the_merged_ticket_is_a_resolved_duplicate_with_its_own_messages(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(message="First."), triage.submit(message="Second.")
    merge(agent, newer, older)
    ticket = agent.get(f"/v1/tickets/{newer}")
    assert (ticket["state"], ticket["outcome"], ticket["respond_by"]) == ("resolved", "duplicate", None)
    assert texts(ticket) == [(newer, "Second.")]
    assert ticket["links"] == [{"reference": older, "relation": "merged_into"}]
    assert [line["kind"] for line in ticket["timeline"]] == ["routed", "merged"]
    assert ticket["timeline"][-1]["facts"] == {"into": older}
    assert ticket["timeline"][-1]["by"] == "Ada"


def test_files_and_tags_go_along(agent: Caller, triage: Triage, people: People) -> None:
    file = {"id": str(uuid4()), "object": "a", "media_type": "image/png", "size": 5, "sha256": "00", "state": "clean"}
    older = triage.submit("ads/metrics")
    newer = triage.submit("billing/cost", attachments=[file], attachment_names={file["id"]: "proof.png"})
    admin = people("admin")
    admin.patch(f"/v1/tickets/{older}", {"tags": ["a", "b"]})
    admin.patch(f"/v1/tickets/{newer}", {"tags": ["b", "c"]})
    ticket = merge(admin, newer, older)
    assert ticket["tags"] == ["a", "b", "c"]
    assert [one["name"] for one in ticket["attachments"]] == ["proof.png"]
    [_, entry] = ticket["conversation"]
    assert [one["name"] for one in entry["attachments"]] == ["proof.png"]
    # The surviving ticket's team reads the file, though the ticket that it came with is another team's.
    url = f"/v1/attachments/{file['id']}"
    assert people("agent", "ads")("GET", url).status_code == 302
    assert people("agent", "account")("GET", url).status_code == 403


def test_the_row_tells_of_the_newest_message_of_both(agent: Caller, triage: Triage) -> None:
    file = {"id": str(uuid4()), "object": "a", "media_type": "image/png", "size": 5, "sha256": "00", "state": "clean"}
    older = triage.submit(message="First.")
    agent.post(f"/v1/tickets/{older}/replies", {"message": "Answer."}, 201)
    newer = triage.submit(message="Second.", attachments=[file])
    merge(agent, newer, older)
    rows = {row["reference"]: row for row in agent.get("/v1/tickets?team=ads")["items"]}
    assert (rows[older]["snippet"], rows[older]["last_from"]) == ("Second.", "requester")
    assert rows[older]["attachment_count"] == 1
    assert rows[older]["updated_at"] >= rows[newer]["updated_at"]
    agent.post(f"/v1/tickets/{older}/replies", {"message": "Again."}, 201)
    [row] = [row for row in agent.get("/v1/tickets?team=ads")["items"] if row["reference"] == older]
    assert (row["snippet"], row["last_from"]) == ("Again.", "agent")


def test_a_ticket_at_rest_opens_when_one_in_the_queue_is_merged_into_it(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(), triage.submit()
    agent.post(f"/v1/tickets/{older}/replies", {"message": "Done.", "then": "resolve"}, 201)
    due = agent.get(f"/v1/tickets/{newer}")["respond_by"]
    ticket = merge(agent, newer, older)
    assert (ticket["state"], ticket["respond_by"]) == ("open", due)
    assert triage.told(older, "TicketStateChanged")[-1]["state"] == "open"


def test_a_ticket_at_rest_stays_so_when_the_other_is_too(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(), triage.submit()
    agent.post(f"/v1/tickets/{older}/replies", {"message": "Done.", "then": "resolve"}, 201)
    agent.post(f"/v1/tickets/{newer}/replies", {"message": "Done.", "then": "wait"}, 201)
    assert merge(agent, newer, older)["state"] == "resolved"


def test_the_sooner_deadline_counts(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(), triage.submit()
    due = agent.get(f"/v1/tickets/{older}")["respond_by"]
    assert due < agent.get(f"/v1/tickets/{newer}")["respond_by"]
    assert merge(agent, older, newer)["respond_by"] == due


def test_a_snoozed_ticket_keeps_its_own_sooner_deadline(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(), triage.submit()
    due = agent.get(f"/v1/tickets/{older}")["respond_by"]
    agent.put(f"/v1/tickets/{older}/snooze", {"until": (datetime.now(UTC) + timedelta(days=9)).isoformat()})
    ticket = merge(agent, newer, older)
    assert (ticket["state"], ticket["respond_by"]) == ("open", due)


def test_what_a_blocked_sender_sent_opens_nothing(agent: Caller, triage: Triage, people: People) -> None:
    older = triage.submit()
    agent.post(f"/v1/tickets/{older}/replies", {"message": "Done.", "then": "resolve"}, 201)
    email = triage.ticket(older).email
    people("lead", "ads").post("/v1/blocked-senders", {"email": email, "reason": "Spam"}, 201)
    first, second = triage.submit(), triage.submit()
    assert triage.ticket(first).state == "blocked"
    assert merge(agent, second, first)["state"] == "blocked"
    assert merge(agent, first, older)["state"] == "resolved"


@pytest.mark.parametrize("email", ["ANNA@example.com", "anna+shop@Example.COM"])
def test_case_and_tag_of_the_address_do_not_matter(agent: Caller, triage: Triage, email: str) -> None:
    older, newer = triage.submit(), triage.submit(email=email)
    assert len(merge(agent, newer, older)["conversation"]) == 2


def test_anothers_ticket_is_linked_instead(agent: Caller, triage: Triage) -> None:
    mine, theirs = triage.submit(), triage.submit(email="bo@example.com")
    assert f"/v1/tickets/{theirs}/links" in merge(agent, theirs, mine, 409)["detail"]
    assert agent.get(f"/v1/tickets/{theirs}")["state"] == "open"


def test_itself_circles_merged_and_withdrawn_tickets_are_refused(agent: Caller, triage: Triage) -> None:
    a, b, c, gone = (triage.submit() for _ in range(4))
    triage.withdraw(gone)
    merge(agent, b, a)
    for reference, into in ((a, a), (a, b), (c, b), (b, c), (c, gone), (gone, c), (b, a), (b, b)):
        merge(agent, reference, into, 409)
    assert agent.get(f"/v1/tickets/{c}")["state"] == "open"
    assert len(agent.get(f"/v1/tickets/{a}")["conversation"]) == 2


def test_an_unknown_target_is_named(agent: Caller, triage: Triage) -> None:
    reference = triage.submit()
    for into in (new_reference(), "x", "T-0000-000\u0660", ""):
        assert set(merge(agent, reference, into, 422)["errors"]) == {"into"}
    for body in ({}, {"into": None}, {"into": 5}, {"into": [reference]}):
        assert set(agent.post(f"/v1/tickets/{reference}/merge", body, 422)["errors"]) == {"into"}
    assert "errors" not in merge(agent, new_reference(), reference, 404)
    merge(agent, new_reference(), new_reference(), 404)


def test_both_must_be_writable(triage: Triage, people: People) -> None:
    ads, billing = triage.submit("ads/metrics"), triage.submit("billing/cost")
    for caller in (people("agent", "ads"), people("agent", "billing"), people("auditor")):
        merge(caller, ads, billing, 403)
        merge(caller, billing, ads, 403)
    merge(people("agent", "ads", "billing"), billing, ads)


def test_a_claimed_ticket_needs_its_claim(agent: Caller, triage: Triage, people: People) -> None:
    a, b, c, d = (triage.submit() for _ in range(4))
    claims = {one["ticket"]["reference"]: one["claim"] for one in agent.claim(limit=2)}
    assert set(claims) == {a, b}
    merge(agent, a, c, 409)
    merge(agent, c, a, 409)
    merge(agent, a, c, 409, claim=str(uuid4()))
    merge(people("agent", "ads"), a, c, 403, claim=claims[a])
    merge(agent, a, b, 409, claim=claims[a])
    merge(agent, d, b, claim=claims[b])
    ticket = merge(agent, a, b, claim=claims[a], into_claim=claims[b])
    assert (ticket["state"], ticket["claimed_by"]) == ("claimed", "Ada")
    assert agent.get(f"/v1/tickets/{a}")["state"] == "resolved"
    agent.post(f"/v1/tickets/{b}/replies", {"message": "Both.", "claim": claims[b]}, 201)


def test_a_repeated_request_merges_once(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(), triage.submit()
    answers = []
    for _ in range(2):
        headers = {**agent.headers, "Idempotency-Key": "k"}
        answers.append(agent.client.post(f"/v1/tickets/{newer}/merge", json={"into": older}, headers=headers))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].json is not None
    assert answers[1].json["reference"] == older
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert triage.timeline(newer).count("merged") == 1


def test_events_tell_what_became_of_both(agent: Caller, triage: Triage) -> None:
    older, newer, quiet = triage.submit(), triage.submit(), triage.submit()
    merge(agent, newer, older)
    merge(agent, quiet, older, silent=True)
    [told] = triage.told(newer, "TicketMerged")
    assert (told["into"], told["team"], told["state"], told["silent"]) == (older, "ads", "resolved", False)
    assert triage.told(newer, "TicketStateChanged")[-1]["state"] == "resolved"
    sent = triage.rows("""
        select l.ticket, array_agg(d.subscriber order by d.subscriber) as subscribers
        from events.log l join events.deliveries d using (id) where l.type = 'TicketMerged' group by 1
    """)
    assert {row.ticket: row.subscribers for row in sent} == {newer: ["intake", "notify"], quiet: ["intake"]}


def test_nothing_but_a_note_is_done_on_a_merged_ticket(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(), triage.submit()
    merge(agent, newer, older)
    for path, body in (
        ("reopening", {"reason": "x"}),
        ("replies", {"message": "x"}),
        ("transfer", {"team": "billing", "reason": "x"}),
    ):
        agent.post(f"/v1/tickets/{newer}/{path}", body, 409)
    assert agent("PATCH", f"/v1/tickets/{newer}", {"tags": ["x"]}).status_code == 409
    assert agent("PUT", f"/v1/tickets/{newer}/owner", {"email": agent.email}).status_code == 409
    assert agent("POST", f"/v1/tickets/{newer}/takeover", {"lease_seconds": 5}).status_code == 409
    answer = agent.post(f"/v1/tickets/{newer}/notes", {"message": "Seen."}, 201)
    assert answer["entry"]["reference"] == newer
    assert texts(agent.get(f"/v1/tickets/{older}"))[-1] == (newer, "Seen.")
    answer = agent.post(f"/v1/tickets/{older}/notes", {"message": "Here."}, 201)
    assert (answer["entry"]["reference"], answer["entry"]["text"]) == (older, "Here.")


def test_what_is_sent_to_the_merged_ticket_reaches_the_surviving_one(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(), triage.submit()
    merge(agent, newer, older)
    agent.post(f"/v1/tickets/{older}/replies", {"message": "Answer."}, 201)
    assert agent.get(f"/v1/tickets/{older}")["state"] == "waiting"
    triage.follow_up(newer, message="To the merged one.")
    ticket = agent.get(f"/v1/tickets/{older}")
    assert (ticket["state"], texts(ticket)[-1]) == ("open", (newer, "To the merged one."))
    assert agent.get(f"/v1/tickets/{newer}")["state"] == "resolved"
    assert triage.told(older, "TicketStateChanged")[-1]["state"] == "open"
    seen = ticket["conversation"][-2]["id"]
    newer_ones = agent.post(f"/v1/tickets/{older}/replies", {"message": "x", "seen": seen}, 409)["newer"]
    assert [entry["text"] for entry in newer_ones] == ["To the merged one."]


def test_the_states_of_emails_stand_beside_the_messages_of_both(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(), triage.submit()
    agent.post(f"/v1/tickets/{newer}/replies", {"message": "Hello"}, 201)
    merge(agent, newer, older)
    [row] = triage.rows("select event_id from events.log where ticket = :r and type = 'TicketAnswered'", r=newer)
    email = str(uuid4())
    payload = {"email": email, "kind": "reply", "state": "bounced", "because": None, "cause": str(row.event_id)}
    triage.take(email_state_changed(newer, "c", payload))
    [*_, reply] = agent.get(f"/v1/tickets/{older}")["conversation"]
    assert reply["email"] == {"id": email, "state": "bounced"}


def test_a_merged_tickets_words_find_the_surviving_one(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(message="First."), triage.submit(message="About the giraffe.")
    merge(agent, newer, older)
    triage.follow_up(newer, message="And the zebra.")
    with triage.engine.begin() as connection:
        while fill_search(connection):
            pass
    for word in ("giraffe", "zebra"):
        assert {row["reference"] for row in agent.get(f"/v1/tickets?q={word}")["items"]} == {older, newer}


def test_a_merged_tickets_files_and_words_are_shown_where_they_are_found(agent: Caller, triage: Triage) -> None:
    file = {"id": str(uuid4()), "object": "a", "media_type": "image/png", "size": 5, "sha256": "00", "state": "clean"}
    older, newer = triage.submit(message="First."), triage.submit(message="The lamp.", attachments=[file])
    merge(agent, newer, older)
    with triage.engine.begin() as connection:
        fill_search(connection)
    [found] = agent.get("/v1/tickets?q=lamp+has:attachment&state=open")["items"]
    assert (found["reference"], found["highlights"]) == (older, ["The <mark>lamp</mark>."])
    assert agent.get("/v1/tickets?q=lamp+-has:attachment&state=open")["items"] == []


def test_participants_of_the_merged_ticket_are_proposed(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(), triage.submit()
    path = f"/v1/tickets/{newer}/participants"
    agent.put(path, {"emails": ["bo@example.org"]})
    ticket = merge(agent, newer, older)
    assert (ticket["participants"], ticket["proposed_participants"]) == ([], ["bo@example.org"])


@pytest.mark.parametrize(("email", "quoted"), [("Anna+x@example.com", "Newest."), ("bo@example.org", "First.")])
def test_an_answer_quotes_the_newest_message_of_both(agent: Caller, triage: Triage, email: str, quoted: str) -> None:
    older, newer = triage.submit(message="First."), triage.submit(message="Second.")
    merge(agent, newer, older)
    triage.follow_up(newer, message="Newest.")
    # What was sent from an address that is another one by now is not quoted to the surviving ticket's.
    triage.take(requester_address_changed(newer, "c", {"key_number": 2}, {"email": email}))
    agent.post(f"/v1/tickets/{older}/replies", {"message": "Answer."}, 201)
    [row] = triage.rows("select personal from events.log where type = 'TicketAnswered'")
    assert row.personal["quoted"] == quoted


def test_webhooks_hear_that_the_merged_ticket_is_resolved(triage: Triage, people: People) -> None:
    team = AdsTeam(triage, people("admin"))
    team.register("https://example.com/")
    a, b, c = (triage.submit() for _ in range(3))
    merge(people("admin"), b, a)
    merge(people("admin"), a, c)
    team.consume()
    calls = triage.rows("select ticket from triage.webhook_calls where event = 'ticket.resolved' order by id")
    assert [call.ticket for call in calls] == [b, a]


def test_a_ticket_holds_so_many_at_most(agent: Caller, triage: Triage) -> None:
    older, newer = triage.submit(), triage.submit()
    many = [new_reference() for _ in range(MOST_MERGED)]
    triage.rows("update triage.tickets set merged_tickets = :many where reference = :r", many=many, r=older)
    assert "at most" in merge(agent, newer, older, 409)["detail"]
