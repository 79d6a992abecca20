"""Snoozing and releasing tickets at the console, and the lists of both."""

import re
from datetime import UTC, datetime, timedelta

from services.triage.snoozing.end_snoozes import end_snoozes
from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn

SENDER = "spam@example.net"


def references(page: str) -> list[str]:
    return re.findall(r'data-reference="(T-[\w-]+)"', page)


def test_an_open_ticket_is_snoozed_and_opened(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    assert "Times are those of UTC" in anna.get(f"/tickets/{reference}?do=snooze")
    answer = anna.act(reference, "snooze", until="3h", until_at="")
    assert answer.headers["Location"].endswith(f"/tickets/{reference}?done=snoozed")
    ends = triage.ticket(reference).snoozed_until - datetime.now(UTC)
    assert timedelta(hours=2, minutes=50) < ends < timedelta(hours=3, minutes=10)
    page = anna.get(f"/tickets/{reference}")
    assert "Snoozed by <strong>Anna</strong> until" in page
    assert "snoozed it until" in page
    anna.post(f"/tickets/{reference}/snooze/end")
    assert triage.ticket(reference).state == "open"
    assert "ended the snooze" in anna.get(f"/tickets/{reference}")


def test_a_date_and_time_is_one_where_the_team_works(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    day = (datetime.now(UTC) + timedelta(days=9)).date()
    anna.act(reference, "snooze", until="3h", until_at=f"{day}T13:45")
    assert triage.ticket(reference).snoozed_until == datetime(day.year, day.month, day.day, 13, 45, tzinfo=UTC)


def test_a_wrong_time_is_explained_and_kept(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    page = anna.act(reference, "snooze", 422, until="3h", until_at="2020-01-01T10:00").text
    assert "Choose a time in the future." in page
    assert 'value="2020-01-01T10:00"' in page
    assert "Not a date and time." in anna.act(reference, "snooze", 422, until="never", until_at="").text


def test_ones_claim_ends(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna, bo = signed_in("Anna", "agent", "ads"), signed_in("Bo", "agent", "ads")
    anna.claim(reference)
    assert 'action="/tickets/' + reference + '/snooze"' not in bo.get(f"/tickets/{reference}")
    anna.act(reference, "snooze", until="week", until_at="")
    assert (triage.ticket(reference).state, triage.ticket(reference).claim) == ("snoozed", None)


def test_the_list_of_snoozed_tickets_is_in_the_order_in_which_they_open(triage: Triage, signed_in: SignedIn) -> None:
    made = [triage.submit() for _ in range(53)]
    set_to = (
        "update triage.tickets set state = 'snoozed', snoozed_until = clock_timestamp() + make_interval(mins => :m)"
    )
    for minutes, reference in enumerate(reversed(made), start=5):
        triage.rows(f"{set_to} where reference = :r", m=minutes, r=reference)
    anna = signed_in("Anna", "agent", "ads")
    page = anna.get("/queues/ads?state=snoozed")
    assert references(page) == made[:2:-1]
    assert "By when they open." in page
    more = re.search(r'rel="next" href="([^"]+)"', page)
    assert more
    assert references(anna.get(more[1].replace("&amp;", "&"))) == made[2::-1]
    anna.get("/queues/ads?state=snoozed&cursor=nonsense", 422)


def test_the_owner_sees_that_a_snooze_has_ended(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    anna = signed_in("Anna", "agent", "ads")
    anna.claim(reference)
    anna.act(reference, "replies", message="Hello", then="wait")
    anna.act(reference, "snooze", until="3h", until_at="")
    assert ">snooze ended<" not in anna.get("/yours")
    triage.rows("update triage.tickets set snoozed_until = clock_timestamp() - interval '1 second'")
    with triage.engine.begin() as connection:
        end_snoozes(connection, triage.rulesets)
    assert ">snooze ended<" in anna.get("/yours")


def test_a_lead_blocks_with_spam_and_an_agent_releases(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit(email=SENDER)
    lea, anna = signed_in("Lea", "lead", "ads"), signed_in("Anna", "agent", "ads")
    anna.claim(reference)
    assert "Block this sender" not in anna.get(f"/tickets/{reference}")
    anna.post(f"/tickets/{reference}/claims/{triage.ticket(reference).claim}/giving-back")
    lea.claim(reference)
    lea.act(reference, "resolution", outcome="spam", message="", block_sender="on")
    assert triage.ticket(reference).state == "resolved"
    kept = triage.submit(email=SENDER)
    assert references(anna.get("/queues/ads?state=blocked")) == [kept]
    assert "its sender is blocked" in anna.get(f"/tickets/{kept}")
    anna.act(kept, "unblocking")
    assert triage.ticket(kept).state == "open"
    assert "released it into the queue" in anna.get(f"/tickets/{kept}")


def test_what_a_blocked_sender_sends_later_is_shown_as_that(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit(email=SENDER)
    lea = signed_in("Lea", "lead", "ads")
    lea.get("/blocked-senders")
    lea.post("/blocked-senders", sender="@example.net", reason="Spam")
    triage.follow_up(reference, message="Buy this")
    page = lea.get(f"/tickets/{reference}")
    assert "Buy this" in page
    assert "Its sender is blocked: it opened nothing and was not answered" in page
