"""The page of blocked senders."""

import re

from tests.integration.triage.console.conftest import SignedIn


def test_a_lead_blocks_and_unblocks(signed_in: SignedIn) -> None:
    lea = signed_in("Lea", "lead", "ads")
    assert "No sender is blocked" in lea.get("/blocked-senders")
    lea.post("/blocked-senders", sender="Spam+1@example.net", reason="<b>Spam</b>")
    lea.post("/blocked-senders", sender="example.com", reason="Spam")
    page = lea.get("/blocked-senders")
    assert "spam@example.net" in page
    assert "&lt;b&gt;Spam&lt;/b&gt;" in page
    for one in re.findall(r'action="(/blocked-senders/[\w-]+/end)"', page):
        lea.post(one)
    assert "No sender is blocked" in lea.get("/blocked-senders")
    lea.post(one, 404)


def test_wrong_input_is_kept_and_explained(signed_in: SignedIn) -> None:
    lea = signed_in("Lea", "lead", "ads")
    lea.get("/blocked-senders")
    for sender, reason, status, words in (
        ("nobody@", "Spam", 422, "Not an e-mail address."),
        ("no domain", "Spam", 422, "Not a domain."),
        ("a@example.net", "x" * 501, 422, "At most 500 characters."),
    ):
        page = lea.post("/blocked-senders", status, sender=sender, reason=reason).text
        assert words in page
        assert f'value="{sender}"' in page
    lea.post("/blocked-senders", sender="a@example.net", reason="Spam")
    assert "blocked already" in lea.post("/blocked-senders", 409, sender="A@example.net", reason="Spam").text


def test_others_may_not(signed_in: SignedIn) -> None:
    anna = signed_in("Anna", "agent", "ads")
    anna.get("/blocked-senders", 403)
    anna.get("/queues/ads")
    anna.post("/blocked-senders", 403, sender="a@example.net", reason="Spam")
    auditor = signed_in("Audrey", "auditor")
    assert "Block a sender" not in auditor.get("/blocked-senders")
    auditor.post("/blocked-senders", 403, sender="a@example.net", reason="Spam")
