"""Undo: what it restores, what it leaves, and which mails and counts it takes back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.triage.bulk.run_chunk import run_chunk
from services.triage.reports.count_waiting_times import count_waiting_times
from services.triage.uploads.send_checked_messages import send_checked_messages
from tests.integration.triage.bulk.conftest import RESOLUTION, TRANSFER, Bulks
from tests.integration.triage.conftest import Caller, People, Triage

RESTORED = (
    "state",
    "team",
    "priority",
    "tags",
    "owner",
    "respond_by",
    "reserved_until",
    "snoozed_until",
    "answered_at",
    "resolved_at",
    "state_since",
    "claim",
    "claimed_by",
    "breached",
)
ACTIONS: dict[str, dict[str, Any]] = {
    "transfer": TRANSFER,
    "resolution": RESOLUTION,
    "tags": {"kind": "tags", "add": ["vip"], "remove": ["old"]},
    "priority": {"kind": "priority", "priority": "urgent"},
    "owner": {"kind": "owner", "email": None},
}


def _as_it_was(triage: Triage, reference: str) -> dict[str, Any]:
    ticket = triage.ticket(reference)
    return {name: getattr(ticket, name) for name in RESTORED}


def _end_window(triage: Triage) -> None:
    triage.rows("update triage.bulks set undo_until = now() - interval '1 second'")
    triage.rows(
        "update triage.unsent_messages set not_before = now() - interval '1 second' where not_before < 'infinity'"
    )


def _send_due(triage: Triage) -> int:
    sent = 0
    while True:
        with triage.engine.begin() as connection:
            if not send_checked_messages(connection, triage.rulesets, 30):
                return sent
            sent += 1


@pytest.mark.parametrize("kind", ACTIONS)
@pytest.mark.parametrize("state", ["open", "held", "waiting", "snoozed"])
def test_everything_is_as_before(
    ads: Caller, people: People, triage: Triage, bulks: Bulks, kind: str, state: str
) -> None:
    reference = triage.submit()
    ads.put(f"/v1/tickets/{reference}/owner", {"email": people("agent", "ads", name="Bo").email})
    triage.rows(
        "update triage.tickets set state = :state, tags = '{old}', respond_by = now() + interval '3 days',"
        " state_since = now() - interval '2 days',"
        " snoozed_until = case :state when 'snoozed' then now() + interval '1 day' end where reference = :one",
        state=state,
        one=reference,
    )
    before = _as_it_was(triage, reference)
    bulk = bulks.do(ads, [reference], ACTIONS[kind])
    assert _as_it_was(triage, reference) != before
    bulks.undo(ads, bulk)
    assert _as_it_was(triage, reference) == before
    assert bulks.results(ads, bulk) == {reference: ("done", "Undone.")}
    assert triage.timeline(reference)[-1] == "bulk_undone"
    found = ads.get(f"/v1/bulk/{bulk}")
    assert (found["state"], found["undone_at"] is not None, found["undo_until"]) == ("done", True, None)
    counts = {
        row.state: row.sum
        for row in triage.rows(
            "select state, sum(change) from triage.queue_counts where team = 'ads' group by state having sum(change) <> 0"
        )
    }
    assert counts == {state: 1}


def test_a_ticket_that_was_merged_since_is_skipped(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    into, reference = triage.submit(), triage.submit()
    bulk = bulks.do(ads, [reference], RESOLUTION)
    ads.post(f"/v1/tickets/{reference}/merge", {"into": into})
    bulks.undo(ads, bulk)
    assert bulks.results(ads, bulk)[reference][0] == "skipped"
    assert triage.ticket(reference).state == "resolved"


@pytest.mark.parametrize("kind", ["transfer", "resolution"])
def test_what_the_requester_sent_since_is_not_buried(ads: Caller, triage: Triage, bulks: Bulks, kind: str) -> None:
    reference = triage.submit()
    ads.post(f"/v1/tickets/{reference}/replies", {"message": "And?", "then": "wait"}, 201)
    bulk = bulks.do(ads, [reference], ACTIONS[kind])
    triage.follow_up(reference, message="Here you are.")
    bulks.undo(ads, bulk)
    assert bulks.results(ads, bulk)[reference][0] == "skipped"
    assert triage.ticket(reference).state == "open"


def test_a_lease_that_ended_since_is_no_change_of_tags(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    reference = triage.submit()
    [claim] = ads.claim()
    bulk = bulks.do(ads, [reference], ACTIONS["tags"])
    assert ads("DELETE", f"/v1/claims/{claim['claim']}").status_code == 204
    bulks.undo(ads, bulk)
    assert bulks.results(ads, bulk)[reference] == ("done", "Undone.")


def test_a_closed_account_gets_nothing_back(ads: Caller, people: People, triage: Triage, bulks: Bulks) -> None:
    reference, bo = triage.submit(), people("agent", "ads", name="Bo")
    ads.put(f"/v1/tickets/{reference}/owner", {"email": bo.email})
    bulk = bulks.do(ads, [reference], ACTIONS["owner"])
    triage.rows("update auth.users set disabled_at = now() where email = :email", email=bo.email)
    bulks.undo(ads, bulk)
    assert triage.ticket(reference).owner is None


def test_an_undo_reaches_no_further_than_who_asks_for_it(people: People, triage: Triage, bulks: Bulks) -> None:
    both, reference = people("agent", "ads", "billing"), triage.submit()
    bulk = bulks.do(both, [reference], TRANSFER)
    triage.rows(
        "delete from auth.memberships where team = 'ads' and user_id = (select id from auth.users where email = :email)",
        email=both.email,
    )
    bulks.undo(both, bulk)
    assert bulks.results(both, bulk)[reference] == ("skipped", "It belongs to another team.")
    assert triage.ticket(reference).team == "billing"


@pytest.mark.parametrize(("kind", "event"), [("resolution", "TicketStateChanged"), ("transfer", "TicketTransferred")])
def test_intake_is_not_told_of_a_snooze(ads: Caller, triage: Triage, bulks: Bulks, kind: str, event: str) -> None:
    reference = triage.submit()
    ads.put(f"/v1/tickets/{reference}/snooze", {"until": (datetime.now(UTC) + timedelta(days=9)).isoformat()})
    bulk = bulks.do(ads, [reference], ACTIONS[kind])
    bulks.undo(ads, bulk)
    assert triage.ticket(reference).state == "snoozed"
    assert triage.told(reference, event)[-1]["state"] == "open"


def test_a_claim_of_ones_own_is_not_brought_back(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    reference = triage.submit()
    ads.claim()
    due = triage.ticket(reference).respond_by
    bulk = bulks.do(ads, [reference], TRANSFER)
    bulks.undo(ads, bulk)
    ticket = triage.ticket(reference)
    assert (ticket.state, ticket.team, ticket.claim, ticket.respond_by) == ("open", "ads", None, due)
    assert [one["ticket"]["reference"] for one in ads.claim()] == [reference]


def test_a_claim_stays_where_the_action_left_it(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    reference = triage.submit()
    [claim] = ads.claim()
    bulk = bulks.do(ads, [reference], ACTIONS["tags"])
    bulks.undo(ads, bulk)
    assert (str(triage.ticket(reference).claim), triage.ticket(reference).tags) == (claim["claim"], [])


def test_what_somebody_changed_since_is_skipped(ads: Caller, people: People, triage: Triage, bulks: Bulks) -> None:
    changed, claimed, withdrawn, left = (triage.submit() for _ in range(4))
    bulk = bulks.do(ads, [changed, claimed, withdrawn, left], TRANSFER)
    other = people("agent", "billing")
    other.patch(f"/v1/tickets/{changed}", {"tags": ["seen"]})
    other.post(f"/v1/tickets/{claimed}/takeover", {"lease_seconds": 60})
    triage.withdraw(withdrawn)
    bulks.undo(ads, bulk)
    skipped = ("skipped", "Not undone: it was changed since.")
    assert bulks.results(ads, bulk) == {
        changed: skipped,
        claimed: skipped,
        withdrawn: skipped,
        left: ("done", "Undone."),
    }
    assert [triage.ticket(one).team for one in (changed, claimed, withdrawn, left)] == ["billing"] * 3 + ["ads"]


def test_notes_and_mails_are_no_change(ads: Caller, people: People, triage: Triage, bulks: Bulks) -> None:
    reference = triage.submit()
    bulk = bulks.do(ads, [reference], TRANSFER)
    people("agent", "billing").post(f"/v1/tickets/{reference}/notes", {"message": "Why us?"}, 201)
    bulks.undo(ads, bulk)
    assert triage.ticket(reference).team == "ads"


def test_skipped_and_unchanged_tickets_keep_their_results(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    reference = triage.submit()
    triage.rows("update triage.tickets set tags = '{vip}'")
    bulk = bulks.do(ads, [reference, "T-0"], {"kind": "tags", "add": ["vip"]})
    lines = triage.timeline(reference)
    bulks.undo(ads, bulk)
    assert bulks.results(ads, bulk) == {"T-0": ("failed", "There is no such ticket."), reference: ("done", None)}
    assert triage.timeline(reference) == lines


def test_mails_of_a_resolution_wait_for_the_window(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    undone, kept = triage.submit(), triage.submit()
    first, second = bulks.do(ads, [undone], RESOLUTION), bulks.do(ads, [kept], RESOLUTION)
    assert _send_due(triage) == 0
    assert triage.told(undone, "TicketResolved") == triage.told(kept, "TicketResolved") == []
    assert [one["state"] for one in triage.told(kept, "TicketStateChanged")] == ["resolved"]
    bulks.undo(ads, first)
    _end_window(triage)
    assert _send_due(triage) == 1
    assert triage.told(undone, "TicketResolved") == []
    [told] = triage.told(kept, "TicketResolved")
    assert told["outcome"] == "solved"
    assert [one["state"] for one in triage.told(undone, "TicketStateChanged")] == ["resolved", "open"]
    ads.post(f"/v1/bulk/{second}/undo", {}, 409)


def test_the_mail_of_a_ticket_that_was_changed_since_goes_all_the_same(
    ads: Caller, triage: Triage, bulks: Bulks
) -> None:
    reference = triage.submit()
    bulk = bulks.do(ads, [reference], RESOLUTION)
    triage.follow_up(reference)
    ads.post(f"/v1/bulk/{bulk}/undo", {}, 202)
    _end_window(triage)
    assert _send_due(triage) == 0
    bulks.run(bulk)
    assert _send_due(triage) == 1
    assert len(triage.told(reference, "TicketResolved")) == 1


def test_a_resolution_that_was_undone_is_no_part_of_the_conversation(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    reference = triage.submit()
    bulk = bulks.do(ads, [reference], RESOLUTION)
    assert ads.get(f"/v1/tickets/{reference}")["last_from"] == "agent"
    bulks.undo(ads, bulk)
    found = ads.get(f"/v1/tickets/{reference}")
    assert (found["last_from"], found["outcome"]) == ("requester", None)
    assert [one["kind"] for one in found["conversation"]] == ["submission"]


def test_misroutes_count_as_before(ads: Caller, people: People, triage: Triage, bulks: Bulks) -> None:
    lead = people("lead", "ads")
    today = datetime.now(UTC).date()

    def misrouted() -> int:
        answer = lead.get(f"/v1/reports/service-levels?from={today}&to={today}")
        return sum(one["misrouted"] for one in answer["items"])

    bulk = bulks.do(ads, [triage.submit() for _ in range(20)], TRANSFER)
    assert misrouted() == 20
    assert [one["moved"] for one in lead.get("/v1/reports/misroutes")["items"]] == [20]
    bulks.undo(ads, bulk)
    assert misrouted() == 0
    assert lead.get("/v1/reports/misroutes")["items"] == []


@pytest.mark.parametrize("counted_before", [True, False])
def test_answers_and_resolutions_count_as_before(
    ads: Caller, triage: Triage, bulks: Bulks, counted_before: bool
) -> None:
    def count() -> None:
        with triage.engine.begin() as connection:
            count_waiting_times(connection, triage.rulesets.active(connection).compiled)

    reference = triage.submit()
    bulk = bulks.do(ads, [reference], RESOLUTION)
    if counted_before:
        count()
    bulks.undo(ads, bulk)
    count()
    sums = triage.rows(
        "select measure, sum(count) as count, sum(seconds) as seconds from triage.service_counts"
        " where measure in ('answered', 'resolved') group by measure"
    )
    assert {row.measure: (row.count, row.seconds) for row in sums} == {"answered": (0, 0), "resolved": (0, 0)}
    ads.post(f"/v1/tickets/{reference}/resolution", {"outcome": "solved"})
    count()
    sums = triage.rows("select sum(count) from triage.service_counts where measure = 'resolved'")
    assert sums[0].sum == 1


def test_a_transfer_back_is_told_to_everybody_who_heard_of_it(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    reference = triage.submit()
    bulk = bulks.do(ads, [reference], TRANSFER)
    bulks.undo(ads, bulk)
    there, back = triage.told(reference, "TicketTransferred")
    assert (there["team"], back["team"], back["from_team"], back["cause"]) == ("billing", "ads", "billing", "undone")
    assert back.keys() == there.keys()


def test_replies_late_and_second_undos_are_conflicts(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    reply = bulks.do(ads, [triage.submit()], {"kind": "reply", "message": "Try again."})
    assert "cannot be undone" in ads.post(f"/v1/bulk/{reply}/undo", {}, 409)["detail"]
    twice = bulks.do(ads, [triage.submit()], TRANSFER)
    bulks.undo(ads, twice)
    assert "undone already" in ads.post(f"/v1/bulk/{twice}/undo", {}, 409)["detail"]
    late = bulks.do(ads, [triage.submit()], TRANSFER)
    _end_window(triage)
    assert "ten minutes" in ads.post(f"/v1/bulk/{late}/undo", {}, 409)["detail"]


def test_a_repeated_undo_is_marked_replayed(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    bulk = bulks.do(ads, [triage.submit()], TRANSFER)
    ads.headers["Idempotency-Key"] = "k"
    answers = [ads("POST", f"/v1/bulk/{bulk}/undo", {}) for _ in range(2)]
    assert [one.status_code for one in answers] == [202, 202]
    assert [one.headers.get("Idempotency-Replayed") for one in answers] == [None, "true"]


def test_an_undo_while_it_runs_stops_the_rest(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    references = sorted(triage.submit() for _ in range(3))
    bulk = bulks.start(ads, references, TRANSFER)
    bulks.undo(ads, bulk)
    assert bulks.results(ads, bulk) == dict.fromkeys(references, ("skipped", "It was undone before its turn."))
    assert run_chunk(triage.engine, triage.rulesets, bulk, 0) is None  # type: ignore[arg-type]
    assert {triage.ticket(one).team for one in references} == {"ads"}


def test_an_admin_undoes_another_persons_bulk(ads: Caller, people: People, triage: Triage, bulks: Bulks) -> None:
    reference = triage.submit()
    bulk = bulks.do(ads, [reference], TRANSFER)
    bulks.undo(people("admin", name="Berit"), bulk)
    assert triage.ticket(reference).team == "ads"
    [line] = triage.rows("select by from triage.timeline where kind = 'bulk_undone'")
    assert line.by == "Berit"
