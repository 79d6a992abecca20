"""The page of one ticket and its forms."""

import re
from uuid import uuid4

from flask import Flask

from shared.http.authorisation import authorisation_of_routes
from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn


def test_the_page_shows_the_message_and_the_reasons_for_the_route(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit(
        "ads/getting-started", subject="From Brazil", message="We would love\nto start.", country="BR", name="Bia"
    )
    page = signed_in("Anna", "agent", "ads").get(f"/tickets/{reference}")
    for words in (
        "From Brazil",
        "We would love\nto start.",
        "Bia",
        "ads-waitlist-abroad",
        "the country is US",
    ):
        assert words in page
    assert "Routed to Ads by its path" in page


def test_files_open_by_links_that_expire(triage: Triage, signed_in: SignedIn) -> None:
    file, bad = str(uuid4()), str(uuid4())
    about = {"media_type": "image/png", "size": 2000, "sha256": "0" * 64}
    reference = triage.submit(
        attachments=[
            {"id": file, "object": "attachments/a", "state": "clean", **about},
            {"id": bad, "object": "attachments/b", "state": "quarantined", **about},
        ],
        attachment_names={file: "proof.png", bad: "bad.png"},
    )
    anna = signed_in("Anna", "agent", "ads")
    page = anna.open(f"/tickets/{reference}")
    assert "proof.png" in page.text
    assert "2 KB · safe copy" in page.text
    assert f"/attachments/{bad}" not in page.text
    link = anna.open(f"/attachments/{file}", 302).location
    assert "X-Amz-Expires=300" in link
    assert link.partition("/test-")[0] in page.headers["Content-Security-Policy"]
    anna.open(f"/attachments/{bad}", 409)
    signed_in("Bo", "agent", "billing").open(f"/attachments/{file}", 403)


def test_a_reply_is_recorded_and_the_ticket_waits(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    anna.claim(reference)
    answer = anna.act(reference, "replies", message="Hello\r\nAnna", then="wait")
    page = anna.get(answer.location)
    assert "Your reply is being sent." in page
    assert "Hello<br>\nAnna" in page
    assert triage.ticket(reference).state == "waiting"
    assert triage.timeline(reference)[-1] == "replied"


def test_an_empty_reply_is_refused_in_the_form(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    anna.claim(reference)
    assert "Write a few words first." in anna.act(reference, "replies", 422, message=" \r\n ").text
    assert triage.ticket(reference).state == "claimed"


def test_a_refused_form_keeps_its_text(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    anna.claim(reference)
    anna.get(f"/tickets/{reference}")
    page = anna.post(f"/tickets/{reference}/replies", 409, message="Long thoughts", claim=str(uuid4())).text
    assert "This claim has ended." in page
    assert ">Long thoughts</textarea>" in page


def test_too_long_a_reply_is_refused_and_not_cut(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    anna.claim(reference)
    assert "At most 10,000 characters" in anna.act(reference, "replies", 422, message="x" * 10_001).text


def test_a_disapproval_has_reasons_of_the_catalogue(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit("ads/disapproved", locale="sv")
    anna = signed_in("Anna", "agent", "ads")
    anna.claim(reference)
    assert "Beskrivningen har så många hashtaggar" in anna.get(f"/tickets/{reference}")
    assert "Tick at least one reason." in anna.act(reference, "disapproval", 422).text
    anna.act(reference, "disapproval", reasons=["excessive_hashtags"])
    assert triage.ticket(reference).state == "resolved"
    assert "disapproved: Too many hashtags" in anna.get(f"/tickets/{reference}")


def test_evidence_can_be_requested_if_the_path_has_some(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit("billing/receipt")
    bo = signed_in("Bo", "agent", "billing")
    bo.claim(reference)
    slot = next((one.id for one in triage.rulesets.catalog.categories["billing/receipt"].evidence), None)
    if slot is None:
        assert "Ask for evidence</a>" not in bo.get(f"/tickets/{reference}")
        return
    bo.act(reference, "information-requests", evidence=[slot])
    assert triage.ticket(reference).state == "waiting"


def test_a_transfer_to_an_unreadable_team_redirects_to_the_queue(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    anna.claim(reference)
    assert "Write a few words first." in anna.act(reference, "transfer", 422, team="billing").text
    answer = anna.act(reference, "transfer", team="billing", cause="wrong_team", reason="A receipt is wanted.")
    assert answer.location == f"/queues/ads?done=transferred&ticket={reference}"
    assert "The ticket was transferred." in anna.get(answer.location)
    assert triage.ticket(reference).team == "billing"
    assert "transferred it to Billing (the wrong team)" in signed_in("Bo", "agent", "billing").get(
        f"/tickets/{reference}"
    )


def test_a_ticket_is_noted_changed_resolved_and_reopened(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    anna.act(reference, "notes", message="Called them.")
    anna.claim(reference)
    anna.act(reference, "changes", priority="urgent", tags="vip, spring ")
    assert (triage.ticket(reference).priority, triage.ticket(reference).tags) == ("urgent", ["vip", "spring"])
    anna.act(reference, "resolution", outcome="solved")
    assert triage.ticket(reference).state == "resolved"
    anna.act(reference, "reopening", reason="Not yet.")
    assert triage.ticket(reference).state == "open"
    page = anna.get(f"/tickets/{reference}")
    for words in ("Called them.", "from normal to urgent", "resolved it: solved", "reopened it"):
        assert words in page


def test_the_slower_of_two_claimers_sees_the_holders_name(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna, lena = signed_in("Anna", "agent", "ads"), signed_in("Lena", "lead", "ads")
    lena.get(f"/tickets/{reference}")
    anna.claim(reference)
    assert "Anna was quicker" in lena.post(f"/tickets/{reference}/claim", 409).text
    assert triage.ticket(reference).claimed_by == "Anna"


def test_a_lead_takes_over_and_an_agent_does_not(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna, bertil, lena = (
        signed_in(*one) for one in (("Anna", "agent", "ads"), ("Bertil", "agent", "ads"), ("Lena", "lead", "ads"))
    )
    anna.claim(reference)
    assert "Take it over" not in bertil.get(f"/tickets/{reference}")
    bertil.post(f"/tickets/{reference}/taking-over", 403)
    lena.act(reference, "taking-over")
    assert triage.ticket(reference).claimed_by == "Lena"
    assert "took it over from Anna" in anna.get(f"/tickets/{reference}")


def test_a_claim_is_extended_and_released(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    anna.claim(reference)
    claim = triage.ticket(reference).claim
    triage.rows("update triage.claims set lease_expires_at = clock_timestamp() + interval '1 minute'")
    anna.post(f"/tickets/{reference}/claims/{claim}/more-time")
    left = triage.rows("select extract(epoch from lease_expires_at - clock_timestamp()) from triage.claims")[0][0]
    assert left > 1700
    anna.post(f"/tickets/{reference}/claims/{claim}/giving-back", 422, reason="x" * 2_001)
    anna.post(f"/tickets/{reference}/claims/{claim}/giving-back", reason="I know the requester.")
    assert triage.ticket(reference).state == "open"
    assert re.search("gave it back.*?I know the requester.", anna.get(f"/tickets/{reference}"), re.DOTALL)
    anna.post(f"/tickets/{reference}/claims/{claim}/giving-back", 409)


def test_signing_in_again_returns_to_the_open_panel(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    anna.claim(reference)
    triage.rows("update auth.sessions set last_used_at = last_used_at - interval '2 hours'")
    anna.get("/login")
    answer = anna.post(f"/tickets/{reference}/replies", back=f"/tickets/{reference}?do=reply", message="Text")
    assert answer.location == f"/login?next=/tickets/{reference}?do%3Dreply"
    assert triage.ticket(reference).state == "claimed"


def test_an_unknown_ticket_is_a_404_page(signed_in: SignedIn) -> None:
    assert "There is no such ticket" in signed_in("Anna", "agent", "ads").get("/tickets/T-0000-0000", 404)


def test_every_route_of_the_console_has_a_permission(app: Flask) -> None:
    ours = {
        route: mark
        for route, mark in authorisation_of_routes(app).items()
        if not route.partition(" ")[2].startswith("/v1/") and "static" not in route
    }
    assert [route for route, mark in ours.items() if mark is None and route.endswith(_OF_THE_CONSOLE)] == []
    assert ours["GET /tickets/<reference>"] == "session:tickets.read"
    assert ours["POST /tickets/<reference>/replies"] == "session:tickets.write"


_OF_THE_CONSOLE = ("/", "/login", "/logout", "/events", "/search", "<reference>", "<team>", "/news", "/claim")
