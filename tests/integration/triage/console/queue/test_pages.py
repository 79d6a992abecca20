"""The queue: order, paging, live updates, permissions."""

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


def test_the_most_urgent_ticket_comes_first(triage: Triage, signed_in: SignedIn) -> None:
    later = triage.submit("ads/metrics", submitted_at=minutes_ago(1))
    sooner = triage.submit("ads/metrics", submitted_at=minutes_ago(300))
    late = triage.submit("ads/metrics", submitted_at=minutes_ago(600))
    page = signed_in("Anna", "agent", "ads").get("/queues/ads")
    assert references(page) == [late, sooner, later]
    assert "2 h late" in page
    assert "3 h left" in page or "2 h left" in page


def test_text_of_users_is_escaped(triage: Triage, signed_in: SignedIn) -> None:
    evil = "<script>alert(1)</script>"
    reference = triage.submit(subject=evil, message=evil, name=evil, username=evil, details={"x": evil})
    anna = signed_in("Anna", "agent", "ads")
    for page in (anna.get("/queues/ads"), anna.get(f"/tickets/{reference}"), anna.get("/search?q=" + quote(evil))):
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_paging_shows_every_ticket_once(triage: Triage, signed_in: SignedIn) -> None:
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


# The last is a time before the year 1 in UTC.
@pytest.mark.parametrize(
    "cursor",
    ["nonsense", "WyJ4IiwgMSwgIngiLCAxXQ", encode(("0001-01-01T00:00:00+23:59", 1, "2026-01-01T00:00:00Z", 2))],
)
def test_a_malformed_cursor_is_rejected(signed_in: SignedIn, cursor: str) -> None:
    signed_in("Anna", "agent", "ads").get(f"/queues/ads?cursor={cursor}", 422)


def test_news_lists_new_tickets_and_leaves_out_claimed_ones(triage: Triage, signed_in: SignedIn) -> None:
    first = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    assert 'data-live="/queues/ads/news"' in anna.get("/queues/ads")
    assert anna.client.get("/queues/ads/news", headers=LIVE).json == {
        "references": [first],
        "open": {"ads": 1},
        "your_turn": 0,
    }
    second = triage.submit()
    bertil = signed_in("Bertil", "agent", "ads")
    bertil.claim(first)
    assert anna.client.get("/queues/ads/news", headers=LIVE).json == {
        "references": [second],
        "open": {"ads": 1},
        "your_turn": 0,
    }


def test_claim_next_opens_the_most_urgent_ticket(triage: Triage, signed_in: SignedIn) -> None:
    triage.submit(submitted_at=minutes_ago(1))
    urgent = triage.submit(submitted_at=minutes_ago(100))
    anna = signed_in("Anna", "agent", "ads")
    anna.get("/queues/ads")
    assert anna.post("/queues/ads/claim").location == f"/tickets/{urgent}"
    assert "Claimed by you" in anna.get("/queues/ads")


def test_claim_next_on_an_empty_queue_shows_a_message(signed_in: SignedIn) -> None:
    anna = signed_in("Anna", "agent", "ads")
    anna.get("/queues/ads")
    assert "No ticket is waiting" in anna.get(anna.post("/queues/ads/claim").location)


def test_the_queue_of_another_team_is_closed_on_every_route(triage: Triage, signed_in: SignedIn) -> None:
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


def test_an_auditor_reads_every_queue_and_changes_nothing(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit("billing/receipt")
    auditor = signed_in("Audrey", "auditor")
    queue, ticket = auditor.get("/queues/billing"), auditor.get(f"/tickets/{reference}")
    assert "Claim next <kbd>" not in queue
    assert "data-panel" not in ticket
    auditor.post(f"/tickets/{reference}/claim", 403)
    auditor.post(f"/tickets/{reference}/notes", 403, message="x")


def test_a_person_without_a_team_is_told_what_to_do(signed_in: SignedIn) -> None:
    assert "in no team yet" in signed_in("Nils", "agent").get("/")


def test_pages_are_not_cached_and_hold_no_inline_scripts(triage: Triage, signed_in: SignedIn) -> None:
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
