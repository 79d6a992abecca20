"""Streams of live updates: who sees what, and what was missed."""

import pytest
from sqlalchemy import text

from services.triage.live.hub import MOST_MISSED
from tests.integration.triage.conftest import People, Triage
from tests.integration.triage.live.conftest import Live
from tests.polling import eventually


def test_changes_of_own_teams_are_told(live: Live, people: People, triage: Triage) -> None:
    ours, theirs, everybody = (
        live.read(people(*who)) for who in (("agent", "ads"), ("agent", "billing"), ("auditor",))
    )
    reference = triage.submit("ads/metrics")
    told = ours.wait_for("ticket.changed", reference=reference)
    ours.wait_for("queue.changed", team="ads")
    everybody.wait_for("ticket.changed", reference=reference)
    other = triage.submit("billing/receipt")
    theirs.wait_for("ticket.changed", reference=other)
    assert told.id
    assert all(one.id for one in ours.events)
    assert {one["reference"] for one in ours.of("ticket.changed")} == {reference}
    assert {one["team"] for one in theirs.of("queue.changed")} == {"billing"}


def test_what_was_missed_is_told(live: Live, people: People, triage: Triage) -> None:
    agent = people("agent", "ads")
    first = live.read(agent)
    seen = triage.submit("ads/metrics")
    last = first.wait_for("ticket.changed", reference=seen)
    first.close()
    missed = [triage.submit("ads/metrics") for _ in range(3)]
    triage.submit("billing/receipt")
    again = live.read(agent, Last_Event_ID=last.id)
    for reference in missed:
        again.wait_for("ticket.changed", reference=reference)
    assert [one["reference"] for one in again.of("ticket.changed")] == missed
    by_query = live.read(agent, f"/v1/live?last_event_id={last.id}")
    by_query.wait_for("ticket.changed", reference=missed[-1])


def test_a_change_that_commits_late_is_told(live: Live, people: People, triage: Triage) -> None:
    agent = people("agent", "ads")
    late, after = triage.submit("ads/metrics"), triage.submit("ads/metrics")
    reader = live.read(agent)
    insert = "insert into triage.timeline (ticket, kind) values (:ticket, 'breach_near')"
    with triage.engine.connect() as slow:
        slow.execute(text(insert), {"ticket": late})
        triage.rows(insert, ticket=after)
        told = reader.wait_for("ticket.changed", reference=after)
        cut_off = live.read(agent, Last_Event_ID=told.id)
        slow.commit()
    reader.wait_for("ticket.changed", reference=late)
    cut_off.wait_for("ticket.changed", reference=late)
    again = live.read(agent, Last_Event_ID=told.id)

    def is_told() -> bool:
        heard = [one["reference"] for one in again.of("ticket.changed")]
        assert heard == [late], (told, again.position, again.events, reader.events)
        return True

    eventually(is_told)


def test_a_ticket_that_left_a_team_changes_its_queue_alone(live: Live, people: People, triage: Triage) -> None:
    agent = people("agent", "ads", "billing")
    first = live.read(agent)
    reference = triage.submit("ads/metrics")
    # In order: who has been told of a later ticket has been told all of this one.
    first.wait_for("ticket.changed", reference=triage.submit("ads/metrics"))
    before, after = live.read(people("agent", "ads")), live.read(people("agent", "billing"))
    agent.post(f"/v1/tickets/{reference}/transfer", {"team": "billing", "reason": "Theirs."})
    after.wait_for("ticket.changed", reference=reference)
    before.wait_for("queue.changed", team="ads")
    assert before.of("ticket.changed") == []
    assert [one["team"] for one in before.of("queue.changed")] == ["ads"]


def test_a_team_whose_bulk_transfer_is_undone_hears_of_its_queue(live: Live, people: People, triage: Triage) -> None:
    reference = triage.submit("ads/metrics")
    billing = live.read(people("agent", "billing"))
    facts = '{"action": "transfer", "team": "ads", "from": "billing"}'
    insert = "insert into triage.timeline (ticket, kind, facts) values (:ticket, 'bulk_undone', cast(:facts as jsonb))"
    triage.rows(insert, ticket=reference, facts=facts)
    billing.wait_for("queue.changed", team="billing")
    assert billing.of("ticket.changed") == []


def test_what_is_sent_to_a_merged_ticket_changes_the_surviving_one(live: Live, people: People, triage: Triage) -> None:
    both = people("agent", "ads", "billing")
    merged, surviving = triage.submit("ads/metrics"), triage.submit("billing/receipt")
    both.post(f"/v1/tickets/{merged}/merge", {"into": surviving})
    first = live.read(both)
    first.wait_for("ticket.changed", reference=triage.submit("ads/metrics"))
    billing = live.read(people("agent", "billing"))
    triage.follow_up(merged, message="Are you there?")
    billing.wait_for("ticket.changed", reference=surviving)


@pytest.mark.parametrize("last", ["nonsense", "999999999999.0.0", "0.0.999999999999"])
def test_an_unknown_event_means_that_all_is_to_be_read_anew(
    live: Live, people: People, triage: Triage, last: str
) -> None:
    agent = people("agent", "ads")
    reader = live.read(agent, Last_Event_ID=last)
    anew = reader.wait_for("resync")
    reference = triage.submit("ads/metrics")
    reader.wait_for("ticket.changed", reference=reference)
    live.read(agent, Last_Event_ID=anew.id).wait_for("ticket.changed", reference=reference)


def test_who_missed_too_much_reads_all_anew(live: Live, people: People, triage: Triage) -> None:
    agent = people("agent", "ads")
    reader = live.read(agent)
    reference = triage.submit("ads/metrics")
    last = reader.wait_for("ticket.changed", reference=reference)
    triage.rows(
        "insert into triage.timeline (ticket, kind) select :ticket, 'breach_near' from generate_series(1, :count)",
        ticket=reference,
        count=MOST_MISSED,
    )
    again = live.read(agent, Last_Event_ID=last.id)
    again.wait_for("resync")
    assert again.of("ticket.changed") == [] or again.events[0].name == "resync"
