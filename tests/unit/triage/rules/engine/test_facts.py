"""The facts of a ticket: flat, plain, and without what is missing."""

import json
from datetime import timedelta

from services.triage.rules.engine.facts import Ticket, facts_of, local_time
from tests.unit.triage.rules.samples import NOW


def test_every_fact() -> None:
    ticket = Ticket(
        category="ads/disapproved",
        locale="sv-SE",
        platform="web",
        country="se",
        email="Anna@Shop.Example.",
        subject="Hej",
        message="Text",
        details={"ad_url": "https://ads.example/1", "empty": "", "none": None, "cannot_provide": []},
        attachment_types=["image/png", "application/pdf", "text/plain"],
        missing_evidence=("screenshot",),
        earlier_tickets=[
            {"category": "ads/other", "submitted_at": "2026-11-19T10:30:00Z"},
            {"category": "ads/other", "submitted_at": NOW + timedelta(seconds=3)},
        ],
    )
    facts = facts_of(ticket, NOW)
    assert facts == {
        "category": "ads/disapproved",
        "locale": "sv-SE",
        "platform": "web",
        "country": "SE",
        "email_domain": "shop.example",
        "subject": "Hej",
        "message": "Text",
        "details.ad_url": "https://ads.example/1",
        "attachment.type": ["png", "pdf"],
        "attachment.count": 3,
        "missing_evidence": ["screenshot"],
        "previous_tickets": [{"category": "ads/other", "age": 86_400.0}, {"category": "ads/other", "age": 0.0}],
        "submitted_at": NOW.timestamp(),
    }
    assert json.loads(json.dumps(facts)) == facts


def test_what_is_missing_has_no_entry_but_counts_are_there() -> None:
    facts = facts_of(Ticket("ads/other", subject="", email=""), NOW)
    assert set(facts) == {"category", "attachment.count", "previous_tickets", "submitted_at"}
    assert facts["attachment.count"] == 0


def test_weekday_and_hour_are_those_of_the_time_zone() -> None:
    assert local_time(NOW.timestamp(), "UTC") == {"weekday": "fri", "hour": 10}
    assert local_time(NOW.timestamp(), "Europe/Stockholm") == {"weekday": "fri", "hour": 11}
    assert local_time(NOW.timestamp(), "Pacific/Kiritimati") == {"weekday": "sat", "hour": 0}
