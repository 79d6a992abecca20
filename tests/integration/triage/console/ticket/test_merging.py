"""Merging, separating and linking tickets in the console, without scripts."""

import re

from services.triage.timers.fill_search import fill_search
from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn


def done(page: str) -> bool:
    return "The tickets are merged." in page


def test_a_panel_merges_into_a_reference_and_shows_the_surviving_ticket(triage: Triage, signed_in: SignedIn) -> None:
    older, newer = triage.submit(message="First words."), triage.submit(message="Second words.")
    anna = signed_in("Anna", "agent", "ads")
    answer = anna.act(newer, "merge", into=f" {older.lower()} ")
    assert answer.location == f"/tickets/{older}?done=merged"
    page = anna.get(answer.location)
    assert done(page)
    assert page.index("First words.") < page.index("Second words.")
    assert re.search(rf'class="tag mono" href="/tickets/{newer}"', page)
    assert f"merged {newer} into it" in page
    assert triage.told(newer, "TicketMerged")[0]["silent"] is False


def test_without_an_email(triage: Triage, signed_in: SignedIn) -> None:
    older, newer = triage.submit(), triage.submit()
    signed_in("Anna", "agent", "ads").act(newer, "merge", into=older, silent="yes")
    assert triage.told(newer, "TicketMerged")[0]["silent"] is True


def test_what_is_wrong_is_told_in_the_panel(triage: Triage, signed_in: SignedIn) -> None:
    reference, anothers = triage.submit(), triage.submit(email="bo@example.org")
    anna = signed_in("Anna", "agent", "ads")
    page = anna.act(reference, "merge", 422, into="T-0000-0000").text
    assert "There is no such ticket." in page
    assert 'value="T-0000-0000"' in page
    assert "different people" in anna.act(reference, "merge", 409, into=anothers).text
    assert "into itself" in anna.act(reference, "merge", 409, into=reference).text
    assert triage.ticket(reference).state == "open"


def test_both_claims_of_ones_own_count(triage: Triage, signed_in: SignedIn) -> None:
    older, newer = triage.submit(), triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    anna.claim(older)
    anna.claim(newer)
    anna.act(newer, "merge", into=older)
    assert (triage.ticket(older).state, triage.ticket(newer).state) == ("claimed", "resolved")


def test_likely_the_same_offers_to_merge(triage: Triage, signed_in: SignedIn) -> None:
    older, newer = triage.submit(subject="The same"), triage.submit()
    with triage.engine.begin() as connection:
        fill_search(connection)
    anna = signed_in("Anna", "agent", "ads")
    page = anna.get(f"/tickets/{newer}")
    assert "Likely the same" in page
    offered = f"/tickets/{newer}?do=merge&amp;into={older}"
    assert offered in page
    panel = anna.get(offered.replace("&amp;", "&"))
    assert re.search(rf'id="merge-into"[^>]* value="{older}"', panel)
    anna.act(newer, "merge", into=older)
    assert "Likely the same" not in anna.get(f"/tickets/{older}")


def test_the_page_of_a_merged_ticket_names_the_other_and_separates_them(triage: Triage, signed_in: SignedIn) -> None:
    older, newer = triage.submit(), triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    anna.act(newer, "merge", into=older)
    page = anna.get(f"/tickets/{newer}")
    assert f'Merged into <a class="mono" href="/tickets/{older}">' in page
    assert 'data-panel="reopen"' not in page
    assert 'data-panel="note"' in page
    answer = anna.act(newer, "unmerge")
    assert answer.location == f"/tickets/{newer}?done=unmerged"
    page = anna.get(answer.location)
    assert "The tickets are separated." in page
    assert "Merged into" not in page
    assert f"separated it from {older}" in page
    assert f"separated {newer} from it" in anna.get(f"/tickets/{older}")


def test_after_a_week_there_is_no_button(triage: Triage, signed_in: SignedIn) -> None:
    older, newer = triage.submit(), triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    anna.act(newer, "merge", into=older)
    triage.rows("update triage.merges set at = at - interval '8 days'")
    page = anna.get(f"/tickets/{newer}")
    assert f'action="/tickets/{newer}/unmerge"' not in page
    assert "It could be separated until" in page
    anna.post(f"/tickets/{newer}/unmerge", 409)


def test_a_selection_is_merged_into_the_oldest(triage: Triage, signed_in: SignedIn) -> None:
    first, second, third = (triage.submit() for _ in range(3))
    anna = signed_in("Anna", "agent", "ads")
    anna.claim(third)
    answer = anna.post("/tickets/merge", references=[third, first, second, first])
    assert answer.location == f"/tickets/{first}?done=merged"
    assert triage.ticket(first).merged_tickets == [second, third]


def test_a_selection_is_shown_before_it_is_merged(triage: Triage, signed_in: SignedIn) -> None:
    first, second = triage.submit(subject="<b>Mine</b>"), triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    anna.get("/queues/ads")
    page = anna.post("/tickets/merge/new", 200, references=[second, first], back="/queues/ads").text
    assert page.index(f">{first}</a>") < page.index("Merged into it:") < page.index(f">{second}</a>")
    assert "&lt;b&gt;Mine&lt;/b&gt;" in page
    assert 'href="/queues/ads">Cancel' in page
    assert triage.rows("select from triage.merges") == []
    for status, others in ((409, []), (404, ["T-0000-0000"]), (403, [triage.submit("billing/cost")])):
        anna.post("/tickets/merge/new", status, references=[first, *others])
    another = anna.post("/tickets/merge/new", 409, references=[first, triage.submit(email="bo@example.org")])
    assert "different people" in another.text


def test_of_a_selection_all_are_merged_or_none(triage: Triage, signed_in: SignedIn) -> None:
    first, second, anothers = triage.submit(), triage.submit(), triage.submit(email="bo@example.org")
    anna = signed_in("Anna", "agent", "ads")
    anna.get(f"/tickets/{first}")
    anna.post("/tickets/merge", 409, references=[first, second, anothers])
    anna.post("/tickets/merge", 409, references=[first])
    anna.post("/tickets/merge", 409, references=[f"T-0000-{number:04}" for number in range(51)])
    anna.post("/tickets/merge", 404, references=[first, "T-0000-0000"])
    anna.post("/tickets/merge", 403, references=[first, triage.submit("billing/cost")])
    assert triage.rows("select from triage.merges") == []


def test_related_tickets_are_linked_and_the_link_removed(triage: Triage, signed_in: SignedIn) -> None:
    mine, theirs = triage.submit(), triage.submit(email="bo@example.org")
    anna = signed_in("Anna", "agent", "ads")
    page = anna.get(anna.act(mine, "links", to=theirs.lower()).location)
    assert "The tickets are linked." in page
    assert f'href="/tickets/{theirs}">{theirs}</a>' in page
    page = anna.get(anna.act(theirs, f"links/{mine}/removal").location)
    assert "The link is removed." in page
    anna.post(f"/tickets/{mine}/links", 422, to="T-0000-0000")


def test_others_see_no_forms(triage: Triage, signed_in: SignedIn) -> None:
    older, newer = triage.submit(), triage.submit()
    signed_in("Anna", "agent", "ads").act(newer, "merge", into=older)
    page = signed_in("Ola", "auditor").get(f"/tickets/{newer}")
    assert "Merged into" in page
    assert f'action="/tickets/{newer}/unmerge"' not in page
    assert f'action="/tickets/{newer}/links"' not in page
