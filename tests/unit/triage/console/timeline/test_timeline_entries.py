"""The timeline as sentences."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.triage.actions.registry import ACTIONS
from services.triage.console.timeline.timeline_entries import timeline_entries
from shared.catalog import load

TITLES = {"acknowledgement": "Acknowledgement", "information_request": "Request for evidence"}
CATEGORY = "business/blocked-link"
AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def sentence(kind: str, by: str | None, facts: dict[str, Any]) -> tuple[str, str, str]:
    line = {"id": 1, "at": AT, "kind": kind, "by": by, "message": None, "facts": facts}
    ticket = {
        "created_at": AT,
        "requester": {"name": "Maja", "email": "m@example.org"},
        "timeline": [line],
        "category": CATEGORY,
    }
    [one] = timeline_entries(ticket, str.capitalize, ACTIONS, TITLES, load())
    return one.kind, one.who, one.words


@pytest.mark.parametrize(
    ("kind", "by", "facts", "words"),
    [
        ("routed", None, {"team": "ads", "placed_by": None}, ("system", "", "Routed to Ads by its path")),
        (
            "routed",
            None,
            {"team": "ads", "placed_by": "spam", "state": "held"},
            ("system", "", "Routed to Ads by the rule spam; it waits for evidence"),
        ),
        ("claimed", "Anna", {"claim": "x"}, ("ours", "Anna", "claimed it")),
        ("taken_over", "Lena", {"from": "Anna"}, ("ours", "Lena", "took it over from Anna")),
        ("noted", "Anna", {}, ("note", "Anna", "noted")),
        ("followed_up", None, {}, ("theirs", "Maja", "sent more")),
        ("owner_changed", "Anna", {"owner": "Bo"}, ("ours", "Anna", "gave it to Bo")),
        ("owner_changed", "Anna", {"owner": None}, ("ours", "Anna", "left it without an owner")),
        (
            "followed_up",
            None,
            {"filled": ["pin_url"]},
            ("theirs", "Maja", "sent more (evidence: A link to a Pin that shows the block)"),
        ),
        ("withdrawn", None, {}, ("theirs", "Maja", "withdrew the ticket")),
        ("disapproved", "Anna", {"reasons": ["too_blurry"]}, ("ours", "Anna", "disapproved: too blurry")),
        (
            "disapproved",
            "Anna",
            {"reasons": ["excessive_hashtags", "gone_reason"]},
            ("ours", "Anna", "disapproved: Too many hashtags; gone reason"),
        ),
        (
            "information_requested",
            "Anna",
            {"evidence": ["site_url", "pin_url"]},
            (
                "ours",
                "Anna",
                "asked for evidence: A link to your website or blog; A link to a Pin that shows the block",
            ),
        ),
        ("resolved", "Anna", {"outcome": "not_solved"}, ("ours", "Anna", "resolved it: not solved")),
        (
            "transferred",
            "Anna",
            {"from": "ads", "to": "billing", "cause": "workload"},
            ("ours", "Anna", "transferred it to Billing (workload)"),
        ),
        ("email", None, {"kind": "reply", "state": "sent"}, ("system", "", "Reply sent")),
        ("email", None, {"kind": "information_request", "state": "sent"}, ("system", "", "Request for evidence sent")),
        ("email", None, {"kind": "a_new_kind", "state": "sent"}, ("system", "", "A new kind sent")),
        ("email", None, {"state": "sent"}, ("system", "", "E-mail sent")),
        (
            "email",
            None,
            {"kind": "reply", "state": "bounced", "because": "no such user"},
            ("trouble", "", "Reply bounced (no such user)"),
        ),
        (
            "changed",
            "Anna",
            {"priority": ["low", "high"], "tags": [["a"], []]},
            ("ours", "Anna", "changed the priority from low to high and took off the tags a"),
        ),
        (
            "message_stopped",
            None,
            {"entry": 1, "files": ["x"]},
            ("trouble", "", "The message was not sent: a file could not be checked and is in quarantine"),
        ),
        ("something_new", None, {}, ("system", "", "something new")),
    ],
)
def test_an_entry_is_a_sentence(kind: str, by: str | None, facts: dict[str, Any], words: tuple[str, str, str]) -> None:
    assert sentence(kind, by, facts) == words


def test_the_quoted_part_of_an_email_is_apart_from_the_message() -> None:
    facts = {"source": "email", "quoted": "> Please send a screenshot."}
    line = {"id": 1, "at": AT, "kind": "followed_up", "by": None, "message": "Here it is.", "facts": facts}
    ticket = {
        "created_at": AT,
        "requester": {"name": "Maja", "email": "m@example.org"},
        "timeline": [line],
        "category": CATEGORY,
    }
    [one] = timeline_entries(ticket, str.capitalize, ACTIONS, TITLES, load())
    assert (one.words, one.message, one.quoted) == (
        "sent more by e-mail",
        "Here it is.",
        "> Please send a screenshot.",
    )
