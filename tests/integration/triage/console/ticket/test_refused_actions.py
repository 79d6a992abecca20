"""Refused forms: the message is in the panel, nothing is changed, and the text is kept."""

import re

import pytest

from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("replies", {"message": "Hello", "then": "sleep"}),
        ("disapproval", {"reasons": ["ugly"]}),
        ("information-requests", {"evidence": ["a_horse"]}),
        ("transfer", {"team": "cooking", "cause": "wrong_team", "reason": "Soup"}),
        ("transfer", {"team": "billing", "cause": "tired", "reason": "Soup"}),
        ("transfer", {"team": "billing", "cause": "workload", "reason": "x" * 2_001}),
        ("resolution", {"outcome": "lost"}),
        ("changes", {"priority": "asap"}),
        ("changes", {"priority": "high", "tags": "x" * 10_001}),
        ("changes", {"priority": "high", "tags": "x" * 65}),
    ],
)
def test_a_value_that_was_not_offered_is_refused_in_its_panel(
    triage: Triage, signed_in: SignedIn, action: str, fields: dict[str, object]
) -> None:
    reference = triage.submit("business/blocked-link")
    anna = signed_in("Anna", "agent", "business")
    anna.claim(reference)
    before = triage.ticket(reference)
    page = anna.act(reference, action, 422, **fields).text
    assert re.search(r'<form[^>]+data-panel="\w+" aria-label[^>]+>(?:(?!</form>).)*class="alert"', page, re.DOTALL)
    assert triage.ticket(reference) == before
    assert triage.timeline(reference) == ["routed", "claimed"]


def test_text_is_kept_if_its_panel_is_gone(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna, lena = signed_in("Anna", "agent", "ads"), signed_in("Lena", "lead", "ads")
    anna.claim(reference)
    held = triage.ticket(reference).claim
    lena.act(reference, "taking-over")
    anna.get(f"/tickets/{reference}")
    page = anna.post(f"/tickets/{reference}/replies", 409, message="Long <thoughts>", claim=str(held)).text
    assert "Nothing was sent." in page
    assert "This claim has ended." in page
    assert "readonly>Long &lt;thoughts&gt;</textarea>" in page


def test_a_form_of_an_earlier_session_is_refused_with_a_link_back(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    anna.claim(reference)
    stale = anna.token
    anna.sign_in("anna@example.org")
    anna.token = stale
    page = anna.post(f"/tickets/{reference}/notes", 403, message="x", back=f"/tickets/{reference}?do=note").text
    assert "nothing was sent" in page
    assert f'href="/tickets/{reference}?do=note"' in page
    assert "evil" not in anna.post(f"/tickets/{reference}/notes", 403, back="//evil.example/x").text


@pytest.mark.parametrize(("action", "kind"), [("replies", "replied"), ("notes", "noted")])
def test_a_form_sent_twice_acts_once(triage: Triage, signed_in: SignedIn, action: str, kind: str) -> None:
    reference = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    anna.claim(reference)
    page = anna.get(f"/tickets/{reference}")
    fields = dict(re.findall(r'type="hidden" name="(claim|version|line)" value="([^"]*)"', page))
    for _ in range(2):
        answer = anna.post(f"/tickets/{reference}/{action}", message="Once", then="keep", **fields)
        assert f"done={kind}" in answer.location
    assert triage.timeline(reference) == ["routed", "claimed", kind]
    anna.act(reference, action, message="Once", then="keep")
    assert triage.timeline(reference) == ["routed", "claimed", kind, kind]
