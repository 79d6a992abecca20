"""Messages, with what happened between them folded."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.triage.actions.registry import ACTIONS
from services.triage.console.ticket.thread import Event, Events, Message, thread
from services.triage.console.timeline.timeline_entries import timeline_entries
from shared.catalog import load

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REQUESTER = {"role": "requester", "name": "Maja", "email": "m@example.org"}


def line(number: int, what: str, by: str | None = None, message: str | None = None, **facts: Any) -> dict[str, Any]:
    return {"id": number, "at": AT, "kind": what, "by": by, "message": message, "facts": facts}


def entry(number: int, kind: str, author: dict[str, Any] | None = None, reference: str = "T-1") -> dict[str, Any]:
    author = author or {"role": "agent", "name": "Anna", "email": "anna@example.org"}
    email = {"id": "x", "state": "bounced"} if kind == "reply" else None
    return {"id": number, "kind": kind, "author": author, "attachments": [], "email": email, "source": "form"} | {
        "text": "Hello",
        "quoted": None,
        "reference": reference,
    }


def shown(*lines: dict[str, Any], conversation: list[dict[str, Any]], new: tuple[int, ...] = ()) -> list[Any]:
    ticket = {
        "reference": "T-1",
        "requester": REQUESTER,
        "category": "business/blocked-link",
        "timeline": lines,
        "conversation": conversation,
        "conversation_before": None,
    }
    entries = timeline_entries(ticket, str.capitalize, ACTIONS, {}, load())
    return list(thread(ticket, entries, lambda file: pytest.fail(f"no file was sent: {file}"), new))


def test_events_between_messages_are_folded_and_trouble_is_not() -> None:
    items = shown(
        line(1, "routed", team="ads"),
        line(2, "claimed", "Anna"),
        line(3, "replied", "Anna", "Hello"),
        line(4, "email", kind="reply", state="sent"),
        line(5, "email", kind="reply", state="bounced"),
        line(6, "given_back", "Anna", "I am off"),
        line(7, "claimed", "Bo"),
        conversation=[entry(1, "submission", REQUESTER), entry(3, "reply")],
    )
    assert [type(one) for one in items] == [Message, Events, Message, Event, Event, Event, Event]
    assert [one.words for one in items[1].entries] == ["Routed to Ads by its path", "claimed it"]
    assert [one.entry.kind for one in items[3:]] == ["system", "trouble", "ours", "ours"]


def test_who_wrote_a_message_is_told_once() -> None:
    items = shown(
        line(1, "routed", team="ads"),
        line(2, "followed_up", None, "More", filled=["pin_url"]),
        line(3, "noted", "Anna", "Hm"),
        line(4, "replied", "Anna", "Hello"),
        conversation=[
            entry(1, "submission", REQUESTER),
            entry(2, "follow_up", REQUESTER),
            entry(3, "note"),
            entry(4, "reply"),
        ],
        new=(2,),
    )
    messages = [one for one in items if isinstance(one, Message)]
    assert [(one.kind, one.who, one.words, one.is_new) for one in messages] == [
        ("theirs", "Maja", "", False),
        ("theirs", "Maja", "sent more (evidence: A link to a Pin that shows the block)", True),
        ("note", "Anna", "", False),
        ("ours", "Anna", "answered", False),
    ]
    assert messages[-1].email_words == "e-mail bounced"
    assert messages[-1].has_trouble


def test_what_the_requester_did_stays_visible() -> None:
    items = shown(line(1, "routed", team="ads"), line(2, "withdrawn"), conversation=[entry(1, "submission", REQUESTER)])
    assert [one.entry.words for one in items[1:]] == ["Routed to Ads by its path", "withdrew the ticket"]


@pytest.mark.parametrize(("text", "kinds"), [("", [Event]), ("Hello", [Message, Event])])
def test_a_submission_without_text_and_files_is_no_message(text: str, kinds: list[type]) -> None:
    submission = entry(1, "submission", REQUESTER) | {"text": text}
    assert [type(one) for one in shown(line(1, "routed", team="ads"), conversation=[submission])] == kinds


def test_how_a_merged_ticket_was_routed_is_left_to_its_own_page() -> None:
    items = shown(
        line(1, "routed", team="ads"),
        line(2, "routed", team="ads"),
        conversation=[entry(1, "submission", REQUESTER), entry(2, "submission", REQUESTER, reference="T-2")],
    )
    assert [type(one) for one in items] == [Message, Event, Message]
    assert [one.entry["reference"] for one in items if isinstance(one, Message)] == ["T-1", "T-2"]
