"""A ticket's timeline: everything that ever happened to it."""

import re
from dataclasses import replace
from uuid import uuid4

from shared.events.contracts import attachment_checked, email_state_changed, ticket_followed_up
from tests.integration.triage.conftest import Triage, submitted
from tests.integration.triage.console.conftest import SignedIn


def test_news_of_a_ticket_is_its_newest_line(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    before = anna.client.get(f"/tickets/{reference}/news").json
    triage.follow_up(reference)
    after = anna.client.get(f"/tickets/{reference}/news").json
    assert before is not None
    assert after is not None
    assert after["line"] > before["line"]


def test_what_a_mail_repeats_is_folded_below_what_is_new(triage: Triage, signed_in: SignedIn) -> None:
    note = submitted("ads/metrics", message="I wrote before.")
    note = replace(
        note,
        payload={**note.payload, "source": "email"},
        personal={**(note.personal or {}), "quoted": "> Old <b>note</b>"},
    )
    triage.take(note)
    payload = {"follow_up": str(uuid4()), "attachments": [], "missing_evidence": [], "filled": [], "source": "email"}
    personal = {"message": "Here it is.", "quoted": "> Please send it."}
    triage.take(ticket_followed_up(str(note.ticket), "c", payload, personal))
    page = signed_in("Anna", "agent", "ads").get(f"/tickets/{note.ticket}")
    folded = '<details class="quoted"><summary>Quoted text</summary><div class="mail-text">{}</div></details>'
    assert folded.format("&gt; Old &lt;b&gt;note&lt;/b&gt;") in page
    assert folded.format("&gt; Please send it.") in page
    assert page.index("Here it is.") < page.index("Please send it.")


def test_a_long_timeline_is_read_back_to_its_beginning(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    triage.rows(
        "insert into triage.timeline (ticket, kind, by, message) select :r, 'noted', 'Bo', 'Thought ' || n from generate_series(1, 700) n",
        r=reference,
    )
    anna = signed_in("Anna", "agent", "ads")
    page = anna.get(f"/tickets/{reference}")
    assert "Thought 700<" in page
    assert "Thought 200<" not in page
    assert "sent the note" not in page
    more = re.search(r'href="([^"]+before=\d+)#', page)
    assert more
    older = anna.get(more[1])
    assert [f"Thought {n}<" in older for n in (1, 200, 201)] == [True, True, False]
    assert "sent the note" in older
    assert "before=" not in older
    assert re.findall(r'data-line="(\d+)"', older) == re.findall(r'data-line="(\d+)"', page)
    anna.get(f"/tickets/{reference}?before=yesterday", 422)


def test_files_and_evidence_are_told_of_where_they_came_and_what_became_of_them(
    triage: Triage, signed_in: SignedIn
) -> None:
    reference, file = triage.submit("business/blocked-link"), str(uuid4())
    about = {"object": "a", "media_type": "image/png", "size": 5, "sha256": "00", "state": "pending"}
    triage.follow_up(
        reference, attachments=[{"id": file, **about}], attachment_names={file: "proof.png"}, filled=["pin_url"]
    )
    verdict = {"attachment": file, "state": "quarantined", "because": "it does not decode"}
    assert triage.take(attachment_checked(reference, "c", verdict)) == 1
    page = signed_in("Bea", "agent", "business").get(f"/tickets/{reference}")
    assert "sent more: proof.png (evidence: pin url)" in page
    assert "proof.png was put into quarantine: it does not decode" in page


def test_a_mail_on_the_timeline_leads_to_the_mail(triage: Triage, signed_in: SignedIn) -> None:
    reference, mail = triage.submit(), str(uuid4())
    told = {"email": mail, "kind": "acknowledgement", "state": "sent", "because": None}
    assert triage.take(email_state_changed(reference, "c", told)) == 1
    page = signed_in("Anna", "agent", "ads").get(f"/tickets/{reference}")
    assert f'<a href="/emails/{mail}">Acknowledgement sent</a>' in page
