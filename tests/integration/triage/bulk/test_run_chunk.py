"""What a bulk does to each ticket, what it skips, and what a lost or doubled message changes."""

import threading
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.triage.bulk.run_chunk import run_chunk
from shared.auth.users import disable, find_user
from tests.integration.triage.bulk.conftest import RESOLUTION, TRANSFER, Bulks
from tests.integration.triage.conftest import Caller, People, Triage

HIGH = {"kind": "priority", "priority": "high"}


def test_each_kind_does_what_its_single_call_does(ads: Caller, triage: Triage, bulks: Bulks, people: People) -> None:
    colleague = people("agent", "ads", name="Bo")
    triage.rows("update triage.tickets set tags = '{}'")
    actions: dict[str, dict[str, Any]] = {
        "transfer": TRANSFER,
        "resolution": RESOLUTION,
        "tags": {"kind": "tags", "add": ["vip"], "remove": ["old"]},
        "priority": HIGH,
        "owner": {"kind": "owner", "email": colleague.email},
        "reply": {"kind": "reply", "message": "Try again."},
    }
    found = {}
    for name, action in actions.items():
        reference = triage.submit()
        triage.rows("update triage.tickets set tags = '{old,kept}' where reference = :one", one=reference)
        bulk = bulks.do(ads, [reference], action)
        assert bulks.results(ads, bulk) == {reference: ("done", None)}
        found[name] = triage.ticket(reference)
    assert (found["transfer"].team, found["transfer"].state) == ("billing", "open")
    assert found["resolution"].state == "resolved"
    assert found["tags"].tags == ["kept", "vip"]
    assert found["priority"].priority == "high"
    assert found["owner"].owner is not None
    assert found["reply"].state == "waiting"
    [told] = triage.told(found["reply"].reference, "TicketAnswered")
    assert told["source"] == "api"


def test_another_persons_claim_and_another_team_are_skipped_and_told(
    ads: Caller, triage: Triage, people: People, bulks: Bulks
) -> None:
    claimed, foreign, free = triage.submit(), triage.submit("billing/cost"), triage.submit()
    people("agent", "ads", name="Bo").post(f"/v1/tickets/{claimed}/takeover", {"lease_seconds": 60})
    for action in (HIGH, {"kind": "owner", "email": None}, TRANSFER):
        bulk = bulks.do(ads, [claimed, foreign, free], action)
        assert bulks.results(ads, bulk) == {
            claimed: ("skipped", "Bo has claimed it."),
            foreign: ("skipped", "It belongs to another team."),
            free: ("done", None),
        }
    assert triage.ticket(claimed).state == "claimed"
    assert triage.ticket(free).team == "billing"


def test_a_lead_does_not_end_another_persons_claim(triage: Triage, people: People, bulks: Bulks) -> None:
    reference = triage.submit()
    people("agent", "ads", name="Bo").post(f"/v1/tickets/{reference}/takeover", {"lease_seconds": 60})
    lead = people("lead", "ads")
    bulk = bulks.do(lead, [reference], RESOLUTION)
    assert bulks.results(lead, bulk) == {reference: ("skipped", "Bo has claimed it.")}


def test_ones_own_claim_is_used(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    reference = triage.submit()
    ads.claim()
    bulk = bulks.do(ads, [reference], RESOLUTION)
    assert bulks.results(ads, bulk) == {reference: ("done", None)}
    assert triage.ticket(reference).claim is None


def test_a_finished_ticket_is_skipped_and_one_that_cannot_take_it_fails(
    ads: Caller, triage: Triage, bulks: Bulks, people: People
) -> None:
    reference = triage.submit()
    bulk = bulks.do(ads, [reference], {"kind": "owner", "email": people("agent", "billing").email})
    [(status, why)] = bulks.results(ads, bulk).values()
    assert (status, "may read tickets of the team ads" in str(why)) == ("failed", True)
    triage.withdraw(reference)
    assert bulks.results(ads, bulks.do(ads, [reference], RESOLUTION)) == {
        reference: ("skipped", "The ticket is withdrawn.")
    }
    assert bulks.results(ads, bulks.do(ads, [triage.submit()], {**TRANSFER, "team": "ads"})).popitem()[1] == (
        "skipped",
        "The ticket is this team's already.",
    )


def test_a_reply_goes_to_each_ticket_once_whatever_is_sent_twice(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    references = [triage.submit() for _ in range(3)]
    bulk = bulks.start(ads, [*references, *references], {"kind": "reply", "message": "Try again.", "then": "keep"})
    assert run_chunk(triage.engine, triage.rulesets, UUID(bulk), 0) is None
    assert run_chunk(triage.engine, triage.rulesets, UUID(bulk), 0) is None
    assert run_chunk(triage.engine, triage.rulesets, UUID(bulk), 1) is None
    assert [len(triage.told(one, "TicketAnswered")) for one in references] == [1, 1, 1]


def test_two_workers_with_the_same_chunk_act_once(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    reference = triage.submit()
    bulk = UUID(bulks.start(ads, [reference], {"kind": "reply", "message": "Try again.", "then": "keep"}))
    workers = [threading.Thread(target=run_chunk, args=(triage.engine, triage.rulesets, bulk, 0)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(triage.told(reference, "TicketAnswered")) == 1


def test_a_locked_ticket_is_left_to_the_next_chunk(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    first, locked = sorted(triage.submit() for _ in range(2))
    bulk = UUID(bulks.start(ads, [first, locked], HIGH))
    with triage.engine.begin() as other:
        other.execute(text("select 1 from triage.tickets where reference = :one for update"), {"one": locked})
        assert run_chunk(triage.engine, triage.rulesets, bulk, 0) == 1
    assert bulks.results(ads, str(bulk)) == {first: ("done", None)}
    assert ads.get(f"/v1/bulk/{bulk}")["state"] == "running"
    bulks.run(str(bulk))
    assert bulks.results(ads, str(bulk)) == {first: ("done", None), locked: ("done", None)}


def test_a_closed_account_does_nothing_more(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    reference = triage.submit()
    bulk = bulks.start(ads, [reference], HIGH)
    with triage.engine.begin() as connection:
        disable(connection, find_user(connection, ads.email).id)
    bulks.run(bulk)
    [row] = triage.rows("select status, why from triage.bulk_tickets")
    assert tuple(row) == ("skipped", "The account that asked for it is closed.")


def test_a_token_bound_to_a_team_acts_in_it_alone(triage: Triage, people: People, bulks: Bulks) -> None:
    caller = people("agent", "ads", "billing", scopes=("team:ads", "write"))
    mine, other = triage.submit(), triage.submit("billing/cost")
    bulk = bulks.do(caller, [mine, other], HIGH)
    assert bulks.results(caller, bulk) == {
        mine: ("done", None),
        other: ("skipped", "It belongs to another team."),
    }


def test_an_error_of_one_ticket_stops_no_other(
    ads: Caller, triage: Triage, bulks: Bulks, request: pytest.FixtureRequest
) -> None:
    broken, fine = sorted(triage.submit() for _ in range(2))
    request.addfinalizer(lambda: triage.rows("drop function if exists public.breaks() cascade"))
    triage.rows(
        "create function public.breaks() returns trigger language plpgsql as "
        f"$$ begin if new.reference = '{broken}' then raise exception 'broken'; end if; return new; end $$"
    )
    triage.rows("create trigger breaks before update on triage.tickets for each row execute function public.breaks()")
    bulk = bulks.do(ads, [broken, fine], HIGH)
    results = bulks.results(ads, bulk)
    assert (results[broken][0], results[fine]) == ("failed", ("done", None))


def test_a_bulk_that_cannot_be_read_ends_as_failed(ads: Caller, triage: Triage, bulks: Bulks) -> None:
    bulk = bulks.start(ads, [triage.submit()], HIGH)
    triage.rows("""update triage.bulks set scopes = '{"x"}', action = action || '{"kind": "gone"}'""")
    with pytest.raises(KeyError):
        bulks.run(bulk)
    assert triage.rows("select state, error from triage.bulks")[0] == ("failed", "KeyError")
