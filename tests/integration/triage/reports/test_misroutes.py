"""The misroute report: transfers because of a wrong team, by category and rule."""

import json

import pytest

from tests.integration.triage.conftest import People, Triage, submitted


def _moved(triage: Triage, count: int, category: str, message: str, *, to: str, cause: str = "wrong_team") -> None:
    events = [submitted(category, message=f"{message} {n}") for n in range(count)]
    triage.take(*events)
    for event in events:
        ticket = triage.ticket(str(event.ticket))
        facts = json.dumps({"from": ticket.team, "to": to, "cause": cause})
        triage.rows("update triage.tickets set team = :to where reference = :one", to=to, one=ticket.reference)
        triage.rows(
            "insert into triage.timeline (ticket, kind, facts) values (:one, 'transferred', cast(:facts as jsonb))",
            one=ticket.reference,
            facts=facts,
        )


def _stayed(triage: Triage, count: int, category: str, message: str) -> None:
    triage.take(*(submitted(category, message=f"{message} {n}") for n in range(count)))


def test_the_largest_group_comes_first_with_rule_targets_and_words(triage: Triage, people: People) -> None:
    _moved(triage, 25, "ads/metrics", "My invoice is wrong", to="billing")
    _moved(triage, 3, "ads/metrics", "My invoice is wrong", to="account")
    _stayed(triage, 72, "ads/metrics", "My numbers look wrong")
    _moved(triage, 20, "business/other", "Where is the receipt of my broken widget", to="business")
    found = people("lead", "ads").get("/v1/reports/misroutes")["items"]
    assert [(one["category"], one["rule"], one["team"], one["moved"], one["placed"]) for one in found] == [
        ("ads/metrics", None, "ads", 28, 100),
        ("business/other", "business-invoice", "billing", 20, 20),
    ]
    assert found[0]["targets"] == [{"team": "billing", "count": 25}, {"team": "account", "count": 3}]
    assert found[0]["share"] == 0.28
    assert found[0]["words"][0] == {"word": "invoice", "moved": 25, "stayed": 0}
    assert "wrong" not in [word["word"] for word in found[0]["words"]]


def test_groups_of_fewer_than_twenty_are_left_out(triage: Triage, people: People) -> None:
    _moved(triage, 19, "ads/metrics", "My invoice", to="billing")
    assert people("admin").get("/v1/reports/misroutes") == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("cause", ["workload", "also_theirs"])
def test_transfers_with_another_cause_do_not_count(triage: Triage, people: People, cause: str) -> None:
    _moved(triage, 20, "ads/metrics", "My invoice", to="billing", cause=cause)
    assert people("admin").get("/v1/reports/misroutes")["items"] == []


def test_a_ticket_that_is_transferred_back_and_forth_counts_once(triage: Triage, people: People) -> None:
    _moved(triage, 20, "ads/metrics", "My invoice", to="billing")
    triage.rows("""
        insert into triage.timeline (ticket, kind, facts)
        select reference, 'transferred', jsonb_build_object('from', hop.a, 'to', hop.b, 'cause', 'wrong_team')
        from triage.tickets, (values ('billing', 'ads'), ('ads', 'billing')) as hop (a, b)
    """)
    assert people("admin").get("/v1/reports/misroutes?days=7")["items"][0]["moved"] == 20


def test_agents_do_not_read_the_report(people: People) -> None:
    people("agent", "ads").get("/v1/reports/misroutes", 403)
    people("auditor").get("/v1/reports/misroutes")
    people("admin").get("/v1/reports/misroutes?days=0", 422)


def test_satisfaction_by_category_and_rule_joins_it(triage: Triage, people: People) -> None:
    _moved(triage, 20, "ads/metrics", "My invoice is wrong", to="billing")
    _stayed(triage, 3, "ads/metrics", "My numbers look wrong")
    _stayed(triage, 1, "ads/loading", "It does not load")
    admin = people("admin")
    assert admin.get("/v1/reports/misroutes")["items"][0]["satisfaction"] == {
        "sent": 0, "answered": 0, "good": 0, "bad": 0
    }  # fmt: skip
    # Counted by hand: of ads/metrics 5 sent, of which 3 were answered; a bounced one, an old one and other groups do not count.
    triage.rows("""
        insert into triage.satisfaction (resolution, ticket, entry, resolved_at, mailed, team, category, rule, answer)
        select gen_random_uuid(), 'T', 1, now() - make_interval(days => age), mailed, 'ads', category, rule, answer
        from (values (1, true, 'ads/metrics', null, 'good'), (2, true, 'ads/metrics', null, 'good'),
                     (3, true, 'ads/metrics', null, 'bad'), (4, true, 'ads/metrics', null, null),
                     (5, true, 'ads/metrics', null, null), (6, false, 'ads/metrics', null, null),
                     (40, true, 'ads/metrics', null, 'bad'), (1, true, 'ads/metrics', 'a-rule', 'bad'),
                     (1, true, 'ads/loading', null, 'bad')) as v (age, mailed, category, rule, answer)
    """)
    [one] = admin.get("/v1/reports/misroutes?days=30")["items"]
    assert one["satisfaction"] == {"sent": 5, "answered": 3, "good": 2, "bad": 1}
