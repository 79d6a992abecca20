"""The conversation of a ticket."""

from typing import Any
from uuid import uuid4

from shared.events.contracts import email_state_changed, ticket_followed_up
from tests.integration.triage.conftest import People, Triage


def _file(name: str) -> tuple[dict[str, Any], dict[str, str]]:
    identity = str(uuid4())
    file = {"id": identity, "object": f"a/{name}", "media_type": "image/png", "size": 5, "sha256": "0" * 64}
    return file | {"state": "pending"}, {identity: name}


def test_messages_are_told_oldest_first_each_with_its_author_and_files(triage: Triage, people: People) -> None:
    anna = people("agent", "ads", name="Ada Berg")
    first, first_name = _file("first.png")
    later, later_name = _file("later.png")
    reference = triage.submit(attachments=[first], attachment_names=first_name)
    anna.post(f"/v1/tickets/{reference}/notes", {"message": "Ask **her**"}, 201)
    anna.post(f"/v1/tickets/{reference}/replies", {"message": "See <b>https://example.org/x</b>"}, 201)
    triage.follow_up(
        reference, message="See http://example.org/y\nThanks", attachments=[later], attachment_names=later_name
    )
    triage.follow_up(reference, message=None, details={"pin_url": "https://example.org"}, filled=["pin_url"])
    ticket = anna.get(f"/v1/tickets/{reference}")
    assert ticket["conversation_before"] is None
    told = [(one["kind"], one["author"]["role"], one["author"]["name"], one["text"]) for one in ticket["conversation"]]
    assert told == [
        ("submission", "requester", "Anna", "How does this work?"),
        ("note", "agent", "Ada Berg", "Ask **her**"),
        ("reply", "agent", "Ada Berg", "See <b>https://example.org/x</b>"),
        ("follow_up", "requester", "Anna", "See http://example.org/y\nThanks"),
    ]
    submission, note, reply, follow_up = ticket["conversation"]
    assert submission["at"] == ticket["created_at"]
    assert submission["author"]["email"] == "anna@example.com"
    assert note["html"] == "<p>Ask <strong>her</strong></p>\n"
    assert reply["author"]["email"] == anna.email
    assert 'href="https://example.org/x"' in reply["html"]
    assert "<b>" not in reply["html"]
    assert follow_up["html"].count('<a href="http://example.org/y"') == 1
    assert "<br>\nThanks" in follow_up["html"]
    assert [[file["name"] for file in one["attachments"]] for one in ticket["conversation"]] == [
        ["first.png"],
        [],
        [],
        ["later.png"],
    ]


def test_a_mail_is_told_without_what_it_quotes(triage: Triage, people: People) -> None:
    reference = triage.submit()
    payload = {"follow_up": str(uuid4()), "attachments": [], "source": "email", "automatic": True}
    personal = {"message": "I am away.", "details": {}, "quoted": "> Your answer", "from": "bo@example.org"}
    triage.take(ticket_followed_up(reference, "c", payload, personal))
    entry = people("agent", "ads").get(f"/v1/tickets/{reference}")["conversation"][-1]
    assert (entry["text"], entry["quoted"], entry["automatic"]) == ("I am away.", "> Your answer", True)
    assert entry["source"] == "email"
    assert entry["author"] == {"role": "requester", "name": None, "email": "bo@example.org"}


def test_a_reply_names_the_email_it_was_sent_with_and_its_state(triage: Triage, people: People) -> None:
    reference = triage.submit()
    agent = people("agent", "ads")
    agent.post(f"/v1/tickets/{reference}/replies", {"message": "Hello"}, 201)
    [row] = triage.rows("select event_id from events.log where ticket = :r and type = 'TicketAnswered'", r=reference)
    email = str(uuid4())
    for state in ("deferred", "sent"):
        payload = {"email": email, "kind": "reply", "state": state, "because": None, "cause": str(row.event_id)}
        triage.take(email_state_changed(reference, "c", payload))
    submission, reply = agent.get(f"/v1/tickets/{reference}")["conversation"]
    assert submission["email"] is None
    assert reply["email"] == {"id": email, "state": "sent"}


def test_older_messages_are_read_by_pages(triage: Triage, people: People) -> None:
    reference = triage.submit()
    for number in range(104):
        triage.follow_up(reference, message=f"message {number}")
    agent = people("agent", "ads")
    ticket = agent.get(f"/v1/tickets/{reference}")
    assert [one["text"] for one in ticket["conversation"]] == [f"message {number}" for number in range(4, 104)]
    path = f"/v1/tickets/{reference}/conversation?limit=3&before="
    page = agent.get(path + ticket["conversation_before"])
    assert [one["text"] for one in page["items"]] == ["message 1", "message 2", "message 3"]
    page = agent.get(path + page["next_cursor"])
    assert [one["kind"] for one in page["items"]] == ["submission", "follow_up"]
    assert page["next_cursor"] is None
    agent.get(path + "x", 422)
    people("agent", "billing").get(path + "1", 403)
    [claim] = agent.claim("ads")
    assert [one["text"] for one in claim["ticket"]["conversation"]] == [
        f"message {number}" for number in range(84, 104)
    ]
    assert claim["ticket"]["message"] == "How does this work?"


def test_the_row_tells_the_newest_message_but_no_internal_note(triage: Triage, people: People) -> None:
    reference = triage.submit(message="Line one\n\n  line two " + "x" * 200)
    agent = people("agent", "ads")

    def row() -> dict[str, Any]:
        [found] = agent.get("/v1/tickets")["items"]
        return dict(found)

    assert row()["snippet"].startswith("Line one line two xxx")
    assert len(row()["snippet"]) == 140
    assert row()["last_from"] == "requester"
    before = row()["updated_at"]
    agent.post(f"/v1/tickets/{reference}/replies", {"message": "An **answer**"}, 201)
    agent.post(f"/v1/tickets/{reference}/notes", {"message": "secret"}, 201)
    assert (row()["snippet"], row()["last_from"]) == ("An answer", "agent")
    assert row()["updated_at"] > before
    file, name = _file("x.png")
    triage.follow_up(reference, message=None, attachments=[file], attachment_names=name)
    assert (row()["snippet"], row()["last_from"], row()["attachment_count"]) == ("Sent a file", "requester", 1)


def test_outcome_and_links(triage: Triage, people: People) -> None:
    agent = people("agent", "ads")
    reference = triage.submit()
    assert agent.get(f"/v1/tickets/{reference}")["outcome"] is None
    agent.post(f"/v1/tickets/{reference}/resolution", {"outcome": "duplicate"})
    ticket = agent.get(f"/v1/tickets/{reference}")
    assert (ticket["outcome"], ticket["satisfaction"], ticket["links"]) == ("duplicate", None, [])
    agent.post(f"/v1/tickets/{reference}/reopening", {"reason": "x"})
    assert agent.get(f"/v1/tickets/{reference}")["outcome"] is None
    agent.post(f"/v1/tickets/{reference}/replies", {"message": "x", "then": "resolve"}, 201)
    assert agent.get(f"/v1/tickets/{reference}")["outcome"] == "solved"


def test_an_action_is_refused_while_its_writer_has_not_seen_the_newest_message(triage: Triage, people: People) -> None:
    reference = triage.submit()
    agent = people("agent", "ads")
    seen = agent.get(f"/v1/tickets/{reference}")["conversation"][-1]["id"]
    colleague = people("agent", "ads")
    colleague.post(f"/v1/tickets/{reference}/notes", {"message": "mine"}, 201)
    triage.follow_up(reference, message="Wait, one more")
    triage.follow_up(reference, message="And more")
    path = f"/v1/tickets/{reference}/replies"
    answer = agent.post(path, {"message": "Hello", "seen": seen}, 409)
    assert [one["text"] for one in answer["newer"]] == ["Wait, one more", "And more"]
    assert answer["newer"][0]["at"].startswith("20")
    assert "replied" not in triage.timeline(reference)
    agent.post(path, {"message": "Hello", "seen": 1}, 422)
    agent.post(path, {"message": "Hello", "seen": answer["newer"][-1]["id"]}, 201)


def test_an_automatic_mail_stops_nothing_and_only_the_requester_is_quoted(triage: Triage, people: People) -> None:
    reference = triage.submit()
    agent = people("agent", "ads")
    seen = agent.get(f"/v1/tickets/{reference}")["conversation"][-1]["id"]

    def mail(payload: dict[str, Any], personal: dict[str, Any]) -> None:
        of_all: dict[str, Any] = {"follow_up": str(uuid4()), "attachments": [], "source": "email"}
        triage.take(
            ticket_followed_up(reference, "c", of_all | payload, {"message": "I am away", "details": {}} | personal)
        )

    mail({"automatic": True}, {})
    agent.post(f"/v1/tickets/{reference}/replies", {"message": "Hello", "seen": seen, "then": "keep"}, 201)
    mail({}, {"from": "stranger@example.org"})
    agent.post(f"/v1/tickets/{reference}/replies", {"message": "Hello again", "then": "keep"}, 201)
    quoted = triage.rows("select personal ->> 'quoted' as quoted from events.log where type = 'TicketAnswered'")
    assert [row.quoted for row in quoted] == ["How does this work?"] * 2


def test_a_colleagues_note_stops_nothing(triage: Triage, people: People) -> None:
    reference = triage.submit()
    agent = people("agent", "ads")
    seen = agent.get(f"/v1/tickets/{reference}")["conversation"][-1]["id"]
    people("agent", "ads").post(f"/v1/tickets/{reference}/notes", {"message": "mine"}, 201)
    agent.post(f"/v1/tickets/{reference}/replies", {"message": "Hello", "seen": seen}, 201)


def test_a_note_needs_no_claim_but_one_that_is_given_must_be_live(triage: Triage, people: People) -> None:
    reference = triage.submit()
    people("agent", "ads").claim("ads")
    colleague = people("agent", "ads")
    colleague.post(f"/v1/tickets/{reference}/notes", {"message": "Seen this before"}, 201)
    colleague.post(f"/v1/tickets/{reference}/notes", {"message": "x", "claim": str(uuid4())}, 409)
    assert triage.ticket(reference).state == "claimed"


def test_a_waiting_ticket_is_answered_without_a_claim(triage: Triage, people: People) -> None:
    reference = triage.submit()
    agent = people("agent", "ads")
    agent.post(f"/v1/tickets/{reference}/replies", {"message": "First"}, 201)
    agent.post(f"/v1/tickets/{reference}/replies", {"message": "P.S.", "then": "keep"}, 201)
    assert triage.ticket(reference).state == "waiting"


def test_a_held_ticket_is_opened_without_its_evidence(triage: Triage, people: People) -> None:
    reference = triage.submit("business/blocked-link", missing_evidence=["pin_url"])
    agent = people("agent", "business")
    assert triage.ticket(reference).state == "held"
    agent.post(f"/v1/tickets/{reference}/release", {"reason": " "}, 422)
    ticket = agent.post(f"/v1/tickets/{reference}/release", {"reason": "We know the pin"})
    assert (ticket["state"], ticket["tags"]) == ("open", ["evidence-waived"])
    assert ticket["respond_by"] is not None
    agent.post(f"/v1/tickets/{reference}/release", {"reason": "again"}, 409)
