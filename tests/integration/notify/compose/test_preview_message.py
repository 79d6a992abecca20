"""A preview is the e-mail that will be sent."""

import re

import pytest

from services.notify.compose.preview_message import preview_message
from tests.integration.notify.emails.person_events import PERSONAL, persons_events
from tests.integration.notify.ledger import Ledger, submission

CATEGORY = "account/content-removed"
LINK = re.compile(r"https?://\S+")
DRAFT = {"category": CATEGORY, "locale": "sv", "reasons": [], "evidence": [], "outcome": "solved", "then": "wait"}


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("reply", {}),
        ("information_request", {"evidence": ["removed_link"]}),
        ("disapproval", {"reasons": ["still_violates_policy"]}),
        ("resolution", {}),
    ],
)
@pytest.mark.parametrize("person", [True, False])
def test_a_preview_is_the_email_that_is_sent(
    ledger: Ledger, kind: str, more: dict[str, list[str]], person: bool
) -> None:
    ticket = submission(PERSONAL["email"], category=CATEGORY)
    ledger.arrive(ticket)
    reference = str(ticket.ticket)
    ledger.arrive(persons_events(reference, {"person": person, **more}, {})[kind])
    sent = ledger.emails()[-1]
    words = {name: PERSONAL[name] for name in ("subject", "message", "quoted")}
    draft = {**DRAFT, **words, **more, "reference": reference, "person": person}
    shown = preview_message(ledger.deps, kind, draft, "Åsa Berg")
    assert sent["kind"] == kind
    assert shown.subject == sent["subject"]
    assert LINK.sub("", shown.text) == LINK.sub("", sent["text"])
