"""The timeline on a ticket's page."""

import re
from dataclasses import replace
from uuid import uuid4

from shared.events.contracts import attachment_checked, email_state_changed, ticket_followed_up
from tests.integration.triage.conftest import Triage, submitted
from tests.integration.triage.console.conftest import SignedIn


def test_the_news_route_returns_the_newest_line(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    before = anna.client.get(f"/tickets/{reference}/news").json
    triage.follow_up(reference)
    after = anna.client.get(f"/tickets/{reference}/news").json
    assert before is not None
    assert after is not None
    assert after["line"] > before["line"]


def test_the_quoted_part_of_an_email_is_folded(triage: Triage, signed_in: SignedIn) -> None:
    submission = submitted("ads/metrics", message="I wrote before.")
    submission = replace(
        submission,
        payload={**submission.payload, "source": "email"},
        personal={**(submission.personal or {}), "quoted": "> Old <b>text</b>"},
    )
    triage.take(submission)
    payload = {"follow_up": str(uuid4()), "attachments": [], "missing_evidence": [], "filled": [], "source": "email"}
    personal = {"message": "Here it is.", "quoted": "> Please send it."}
    triage.take(ticket_followed_up(str(submission.ticket), "c", payload, personal))
    page = signed_in("Anna", "agent", "ads").get(f"/tickets/{submission.ticket}")
    folded = '<details class="quoted"><summary>Quoted text</summary><div class="mail-text">{}</div></details>'
    assert folded.format("&gt; Old &lt;b&gt;text&lt;/b&gt;") in page
    assert folded.format("&gt; Please send it.") in page
    assert page.index("Here it is.") < page.index("Please send it.")


def test_a_long_timeline_has_pages(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    triage.rows(
        "insert into triage.timeline (ticket, kind, by, message) select :r, 'noted', 'Bo', 'Thought ' || n from generate_series(1, 150) n",
        r=reference,
    )
    anna = signed_in("Anna", "agent", "ads")
    page = anna.get(f"/tickets/{reference}")
    assert [f"Thought {n}<" in page for n in (150, 51, 50)] == [True, True, False]
    assert page.index("Thought 51<") < page.index("Thought 150<")
    assert "Routed to Ads" not in page
    more = re.search(r'href="([^"]+before=\d+)#', page)
    assert more
    older = anna.get(more[1])
    assert [f"Thought {n}<" in older for n in (1, 50, 51)] == [True, True, False]
    assert "Routed to Ads" in older
    assert "before=" not in older
    assert "data-panel" not in older
    assert re.findall(r'data-line="(\d+)"', older) == re.findall(r'data-line="(\d+)"', page)
    anna.get(f"/tickets/{reference}?before=yesterday", 422)


def test_files_and_evidence_are_on_the_timeline(triage: Triage, signed_in: SignedIn) -> None:
    reference, file = triage.submit("business/blocked-link"), str(uuid4())
    about = {"object": "a", "media_type": "image/png", "size": 5, "sha256": "00", "state": "pending"}
    triage.follow_up(
        reference, attachments=[{"id": file, **about}], attachment_names={file: "proof.png"}, filled=["pin_url"]
    )
    result = {"attachment": file, "state": "quarantined", "because": "it does not decode"}
    assert triage.take(attachment_checked(reference, "c", result)) == 1
    page = signed_in("Bea", "agent", "business").get(f"/tickets/{reference}")
    assert "sent more (evidence: A link to a Pin that shows the block)" in page
    assert "proof.png was put into quarantine: it does not decode" in page


def test_an_email_on_the_timeline_is_linked(triage: Triage, signed_in: SignedIn) -> None:
    reference, mail = triage.submit(), str(uuid4())
    told = {"email": mail, "kind": "acknowledgement", "state": "sent", "because": None}
    assert triage.take(email_state_changed(reference, "c", told)) == 1
    page = signed_in("Anna", "agent", "ads").get(f"/tickets/{reference}")
    assert f'<a href="/emails/{mail}">Acknowledgement sent</a>' in page


def test_a_participants_copy_is_told_from_the_requesters_email(triage: Triage, signed_in: SignedIn) -> None:
    reference, mail = triage.submit(), str(uuid4())
    told = {"email": mail, "kind": "reply", "state": "bounced", "because": "no such user", "participant": True}
    assert triage.take(email_state_changed(reference, "c", told)) == 1
    page = signed_in("Anna", "agent", "ads").get(f"/tickets/{reference}")
    assert f'<a href="/emails/{mail}">Reply to a participant bounced' in page
