"""What is refused at the console: said in its place, nothing half-done, and nothing that was typed is lost."""

import re

import pytest

from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn


@pytest.mark.parametrize(
    ("deed", "typed"),
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
def test_what_was_never_offered_is_refused_in_its_panel_and_nothing_is_half_done(
    triage: Triage, signed_in: SignedIn, deed: str, typed: dict[str, object]
) -> None:
    reference = triage.submit("business/blocked-link")
    anna = signed_in("Anna", "agent", "business")
    anna.claim(reference)
    before = triage.ticket(reference)
    page = anna.act(reference, deed, 422, **typed).text
    assert re.search(r'<form[^>]+data-panel="\w+" aria-label[^>]+>(?:(?!</form>).)*class="alert"', page, re.DOTALL)
    assert triage.ticket(reference) == before
    assert triage.timeline(reference) == ["routed", "claimed"]


def test_words_whose_panel_is_gone_are_still_shown(triage: Triage, signed_in: SignedIn) -> None:
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


def test_a_form_of_an_earlier_session_says_so_and_leads_back(triage: Triage, signed_in: SignedIn) -> None:
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


@pytest.mark.parametrize(("deed", "kind"), [("replies", "replied"), ("notes", "noted")])
def test_a_second_click_sends_nothing_twice(triage: Triage, signed_in: SignedIn, deed: str, kind: str) -> None:
    reference = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    anna.claim(reference)
    page = anna.get(f"/tickets/{reference}")
    fields = dict(re.findall(r'type="hidden" name="(claim|version|line)" value="([^"]*)"', page))
    for _ in range(2):
        answer = anna.post(f"/tickets/{reference}/{deed}", message="Once", then="keep", **fields)
        assert f"done={kind}" in answer.location
    assert triage.timeline(reference) == ["routed", "claimed", kind]
    anna.act(reference, deed, message="Once", then="keep")
    assert triage.timeline(reference) == ["routed", "claimed", kind, kind]
