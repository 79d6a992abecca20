"""The queue: order, pages, live updates, and whose it is."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from shared.http.paging import encode
from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn

LIVE = {"X-Requested-With": "live"}


def references(page: str) -> list[str]:
    return re.findall(r'data-reference="(T-[\w-]+)"', page)


def minutes_ago(minutes: int) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()


def test_the_most_urgent_stands_first(triage: Triage, signed_in: SignedIn) -> None:
    later = triage.submit("ads/metrics", submitted_at=minutes_ago(1))
    sooner = triage.submit("ads/metrics", submitted_at=minutes_ago(300))
    late = triage.submit("ads/metrics", submitted_at=minutes_ago(600))
    page = signed_in("Anna", "agent", "ads").get("/queues/ads")
    assert references(page) == [late, sooner, later]
    assert "2 h late" in page
    assert "3 h left" in page or "2 h left" in page


def test_what_people_wrote_is_text_and_never_markup(triage: Triage, signed_in: SignedIn) -> None:
    evil = "<script>alert(1)</script>"
    reference = triage.submit(subject=evil, message=evil, name=evil, username=evil, details={"x": evil})
    anna = signed_in("Anna", "agent", "ads")
    for page in (anna.get("/queues/ads"), anna.get(f"/tickets/{reference}"), anna.get("/search?q=" + quote(evil))):
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_every_ticket_is_seen_once_over_all_pages(triage: Triage, signed_in: SignedIn) -> None:
    made = {triage.submit("ads/metrics", submitted_at=minutes_ago(n)) for n in range(105)}
    triage.rows("update triage.tickets set respond_by = null where sequence % 3 = 0")
    anna = signed_in("Anna", "agent", "ads")
    seen, path = [], "/queues/ads"
    while path:
        page = anna.get(path)
        seen += references(page)
        more = re.search(r'rel="next" href="([^"]+)"', page)
        path = more[1].replace("&amp;", "&") if more else ""
    assert len(seen) == 105
    assert set(seen) == made


# The last one is a time before the first year.
@pytest.mark.parametrize(
    "cursor",
    ["nonsense", "WyJ4IiwgMSwgIngiLCAxXQ", encode(("0001-01-01T00:00:00+23:59", 1, "2026-01-01T00:00:00Z", 2))],
)
def test_a_cursor_that_is_none_is_refused(signed_in: SignedIn, cursor: str) -> None:
    signed_in("Anna", "agent", "ads").get(f"/queues/ads?cursor={cursor}", 422)


def test_new_tickets_announce_themselves_and_taken_ones_are_gone(triage: Triage, signed_in: SignedIn) -> None:
    first = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    assert 'data-live="/queues/ads/news"' in anna.get("/queues/ads")
    assert anna.client.get("/queues/ads/news", headers=LIVE).json == {"references": [first], "open": {"ads": 1}}
    second = triage.submit()
    bertil = signed_in("Bertil", "agent", "ads")
    bertil.claim(first)
    assert anna.client.get("/queues/ads/news", headers=LIVE).json == {"references": [second], "open": {"ads": 1}}


def test_claiming_next_opens_the_most_urgent(triage: Triage, signed_in: SignedIn) -> None:
    triage.submit(submitted_at=minutes_ago(1))
    urgent = triage.submit(submitted_at=minutes_ago(100))
    anna = signed_in("Anna", "agent", "ads")
    anna.get("/queues/ads")
    assert anna.post("/queues/ads/claim").location == f"/tickets/{urgent}"
    assert "Claimed by you" in anna.get("/queues/ads")


def test_claiming_from_an_empty_queue_says_so_kindly(signed_in: SignedIn) -> None:
    anna = signed_in("Anna", "agent", "ads")
    anna.get("/queues/ads")
    assert "No ticket is waiting" in anna.get(anna.post("/queues/ads/claim").location)


def test_another_teams_queue_is_closed_on_every_way(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit("billing/receipt", subject="Secret receipt")
    anna = signed_in("Anna", "agent", "ads")
    anna.get("/queues/ads")
    for path in (
        "/queues/billing",
        "/queues/billing/news",
        f"/tickets/{reference}",
        f"/tickets/{reference}/news",
    ):
        assert "Secret receipt" not in anna.get(path, 403)
    for path in ("/queues/billing/claim", f"/tickets/{reference}/claim", f"/tickets/{reference}/notes"):
        anna.post(path, 403, message="x")
    assert "Secret receipt" not in anna.get("/search?q=Secret")
    assert anna.get("/queues/cooking", 404)


def test_an_auditor_sees_all_and_is_offered_nothing_to_do(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit("billing/receipt")
    auditor = signed_in("Audrey", "auditor")
    queue, ticket = auditor.get("/queues/billing"), auditor.get(f"/tickets/{reference}")
    assert "Claim next <kbd>" not in queue
    assert "data-panel" not in ticket
    auditor.post(f"/tickets/{reference}/claim", 403)
    auditor.post(f"/tickets/{reference}/notes", 403, message="x")


def test_somebody_without_a_team_is_told_what_to_do(signed_in: SignedIn) -> None:
    assert "in no team yet" in signed_in("Nils", "agent").get("/")


def test_pages_are_not_kept_and_run_nothing_inline(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    for path in ("/queues/ads", f"/tickets/{reference}", "/login"):
        answer = anna.open(path)
        assert answer.headers["Cache-Control"] == "no-store"
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert " style=" not in answer.text
        assert "<script>" not in answer.text
