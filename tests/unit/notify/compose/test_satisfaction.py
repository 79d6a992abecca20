"""Which e-mails ask how the resolution was, and how their links are filled."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.notify.compose.satisfaction import asks_how_it_was, fill_satisfaction, satisfaction_links
from shared.events.contracts import RecordedEvent
from shared.ticket_keys import Resolution

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


def event(**payload: object) -> RecordedEvent:
    kind = "TicketAnswered" if "then" in payload else "TicketResolved"
    return RecordedEvent(1, uuid4(), kind, 1, "T-7K3M-9QXA", "c", AT, payload, {})


@pytest.mark.parametrize(
    ("payload", "asks"),
    [
        ({"outcome": "solved"}, True),
        ({"outcome": "not_solved"}, True),
        ({"outcome": "duplicate"}, False),
        ({"outcome": "spam"}, False),
        ({"outcome": "no_answer"}, False),
        ({"then": "resolve"}, True),
        ({"then": "wait"}, False),
        ({"then": "keep"}, False),
        ({"then": "wait", "outcome": "solved"}, False),
    ],
)
def test_it_asks_where_somebody_solved_or_tried(payload: dict[str, object], asks: bool) -> None:
    assert asks_how_it_was(event(**payload)) is asks
    assert (satisfaction_links(event(**payload)) is not None) is asks


def link(resolution: Resolution, answer: str) -> str:
    return f"https://x.example/?a={answer}&at={resolution.at.isoformat()}"


def test_only_the_links_of_its_own_event_are_filled() -> None:
    own, other = event(then="resolve"), event(then="resolve")
    links = satisfaction_links(own) or {}
    body = f"{links['good']} {(satisfaction_links(other) or {})['bad']} {links['bad']}."
    filled = fill_satisfaction(body, own.event_id, link, as_html=False)
    assert filled == (
        "https://x.example/?a=good&at=2026-11-22T10:00:00+00:00 "
        f"{(satisfaction_links(other) or {})['bad']} https://x.example/?a=bad&at=2026-11-22T10:00:00+00:00."
    )
    assert "?a=good&amp;at=" in fill_satisfaction(body, own.event_id, link, as_html=True)


def test_the_time_is_that_of_the_message_even_where_its_event_came_later() -> None:
    links = satisfaction_links(event(then="resolve", written_at="2026-11-21T10:00:00.250000+00:00")) or {}
    assert f"/{int(AT.timestamp()) - 86_400}/" in links["good"]
