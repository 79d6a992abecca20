"""A person's own tickets, reassigning them, and their rows."""

import re

from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn

NOT_AN_OWNER = "Not a person with an open account who may read tickets of"


def test_evidence_that_is_no_message_is_marked(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit("business/blocked-link")
    bea = signed_in("Bea", "agent", "business")
    bea.claim(reference)
    bea.act(reference, "information-requests", evidence="site_url")
    assert "they wrote again" not in bea.get("/yours")
    triage.follow_up(reference, message=None, filled=["site_url"], details={"site_url": "https://example.org"})
    page = bea.get("/yours")
    assert "they wrote again" in page
    assert "1 answered by the requester" in page


def test_a_row_without_a_subject_has_its_topic_once(triage: Triage, signed_in: SignedIn) -> None:
    triage.submit("billing/receipt", subject=None)
    page = signed_in("Bo", "agent", "billing").get("/queues/billing")
    row = re.sub(r"<[^>]+>", "", page[page.index('<li class="row') : page.index("</li>", page.index('<li class="row'))])
    assert row.count("receipt") == 1


def test_a_refused_reassignment_tells_why(triage: Triage, signed_in: SignedIn) -> None:
    references = [triage.submit(category) for category in ("ads/metrics", "billing/cost")]
    anna, bo = signed_in("Anna", "agent", "ads", "billing"), signed_in("Bo", "agent", "ads")
    signed_in("Cleo", "agent", "business")
    for reference in references:
        anna.claim(reference)
        anna.act(reference, "replies", message="Hello", then="wait")
    messages = {
        "anna@example.org": "The tickets are yours already.",
        "bo@example.org": f"{NOT_AN_OWNER} the team billing.",
        "cleo@example.org": f"{NOT_AN_OWNER} the teams ads, billing.",
        "nobody@example.org": f"{NOT_AN_OWNER} the teams ads, billing.",
    }
    anna.get("/yours")
    for email, words in messages.items():
        assert words in anna.post("/yours/reassignment", 422, to="colleague", email=email).text
    assert "You own no unfinished tickets" in bo.get("/yours")
