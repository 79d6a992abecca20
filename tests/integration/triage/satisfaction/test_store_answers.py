"""Answers of requesters: each resolution has one, the newest, whatever comes twice, late or out of order."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.integration.triage.conftest import People, Triage
from tests.integration.triage.satisfaction.conftest import Resolved

HOSTILE = "‮<script>alert(1)</script>\n👩‍👩‍👧 =1+1 ⁦x⁩"


@pytest.mark.parametrize("how", ["solved", "not_solved", "reply"])
def test_the_answer_is_on_the_ticket_and_its_timeline(triage: Triage, resolved: Resolved, how: str) -> None:
    reference, event = resolved.new(how)
    assert resolved.of(reference) is None
    triage.take(resolved.given(reference, event, "bad", HOSTILE))
    found = resolved.of(reference)
    assert (found["answer"], found["comment"], set(found)) == ("bad", HOSTILE, {"answer", "comment", "at"})
    assert triage.timeline(reference)[-1] == "satisfaction_given"
    [line] = triage.rows("select * from triage.timeline where kind = 'satisfaction_given'")
    assert (line.message, line.by, line.facts["answer"]) == (HOSTILE, None, "bad")
    ticket = resolved.caller.get(f"/v1/tickets/{reference}")
    assert ticket["state"] == "resolved"
    assert HOSTILE not in [entry["text"] for entry in ticket["conversation"]]


def test_the_newest_answer_counts_and_the_same_one_again_changes_nothing(triage: Triage, resolved: Resolved) -> None:
    reference, event = resolved.new()
    good, bad = resolved.given(reference, event, "good", "Fine"), resolved.given(reference, event, "bad")
    triage.take(good, bad)
    first = resolved.of(reference)
    assert (first["answer"], first["comment"]) == ("bad", None)
    triage.take(resolved.given(reference, event, "bad"))
    assert resolved.of(reference) == first
    assert triage.timeline(reference).count("satisfaction_given") == 2
    assert resolved.report() == {"ads": (1, 1, 0, 1)}


def test_an_event_that_is_handled_again_or_late_changes_nothing(triage: Triage, resolved: Resolved) -> None:
    reference, event = resolved.new()
    early, late = triage.record(resolved.given(reference, event, "good"), resolved.given(reference, event, "bad"))
    assert triage.consumer.consume([early, late]) == 2
    for number in (early, late, early):
        with triage.engine.begin() as connection:
            connection.execute(
                text("insert into events.deliveries (id, subscriber, ticket) values (:id, 'triage', :ticket)"),
                {"id": number, "ticket": reference},
            )
        assert triage.consumer.consume([number]) == 1
    assert resolved.of(reference)["answer"] == "bad"
    assert triage.timeline(reference).count("satisfaction_given") == 2


def test_an_answer_may_come_before_the_news_that_the_mail_was_sent(triage: Triage, resolved: Resolved) -> None:
    reference = triage.submit()
    event = resolved.resolve(reference)
    triage.take(resolved.given(reference, event))
    assert resolved.report() == {"ads": (1, 1, 1, 0)}
    triage.take(resolved.mailed(reference, event))
    assert resolved.report() == {"ads": (1, 1, 1, 0)}
    assert resolved.of(reference)["answer"] == "good"


def test_a_resolution_that_is_not_known_waits(triage: Triage, resolved: Resolved) -> None:
    reference, _ = resolved.new("wait")
    for one in (
        resolved.given(reference, str(uuid4())),
        resolved.given("T-0000-0000", str(uuid4())),
        resolved.given(reference, resolved.resolve(triage.submit(), "solved")),
    ):
        triage.take(one)
    waiting = triage.rows(
        "select l.type, d.not_before is not null as later, d.parked_at from events.deliveries d join events.log l using (id)"
        " where d.subscriber = 'triage' and l.type = 'SatisfactionGiven'"
    )
    assert [(row.later, row.parked_at) for row in waiting] == [(True, None)] * 3
    assert triage.rows("select answer from triage.satisfaction where answer is not null") == []


def test_the_ticket_shows_the_newest_resolution_that_was_answered(triage: Triage, resolved: Resolved) -> None:
    reference, first = resolved.new()
    triage.take(resolved.given(reference, first, "bad", "Not at all"))
    resolved.caller.post(f"/v1/tickets/{reference}/reopening", {"reason": "Again"})
    assert resolved.of(reference)["answer"] == "bad"
    second = resolved.resolve(reference, "reply")
    triage.take(resolved.mailed(reference, second, kind="reply"), resolved.given(reference, second, "good"))
    assert resolved.of(reference)["answer"] == "good"
    triage.take(resolved.given(reference, first, "good", "On reflection"))
    assert resolved.of(reference)["comment"] is None
    assert resolved.report() == {"ads": (2, 2, 2, 0)}


def test_only_those_who_read_the_ticket_see_the_answer(triage: Triage, resolved: Resolved, people: People) -> None:
    reference, event = resolved.new()
    triage.take(resolved.given(reference, event))
    assert people("agent", "ads").get(f"/v1/tickets/{reference}")["satisfaction"]["answer"] == "good"
    people("agent", "billing").get(f"/v1/tickets/{reference}", 403)
    [row] = people("agent", "ads").get("/v1/tickets?team=ads")["items"]
    assert "satisfaction" not in row
