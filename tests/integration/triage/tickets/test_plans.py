"""The statements of requests and ticks use indexes: no scan, however many tickets there are."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import TextClause, text

from services.triage.claims import claim_next
from services.triage.tickets import list_tickets, queues, read_ticket
from services.triage.timers import expire_claims, mark_breaches, open_overdue
from services.triage.webhooks import send_due_calls
from shared.settings import DEFAULT_TEAMS
from tests.integration.triage.conftest import Triage

_PAGE: Mapping[str, Any] = {"teams": list(DEFAULT_TEAMS), "states": ["open", "resolved"], "before": 2**62, "limit": 51}


@pytest.fixture
def many(triage: Triage) -> Triage:
    triage.submit("ads/metrics")
    triage.rows("""
        insert into triage.tickets (reference, team, state, category, priority, tags, message, email, details, missing_evidence,
            key_number, correlation_id, created_at, respond_by, ruleset, facts, decision)
        select 'R-' || n, (array['ads', 'billing'])[1 + n % 2], (array['open', 'resolved'])[1 + n / 2 % 2], category, priority,
            tags, message, email, details, missing_evidence, key_number, correlation_id, created_at,
            respond_by + n * interval '1 second', ruleset, facts, decision
        from (select * from triage.tickets) as one, generate_series(1, 20000) as n
    """)
    triage.rows("analyze triage.tickets")
    return triage


STATEMENTS: list[tuple[str, TextClause, Mapping[str, Any]]] = [
    ("queues", queues._QUEUES, {"teams": list(DEFAULT_TEAMS)}),
    ("list", list_tickets._ALL, _PAGE),
    ("list of a category", list_tickets._IN_CATEGORY, {**_PAGE, "category": "ads/metrics"}),
    ("claim", claim_next._CLAIM, {"team": "ads", "limit": 1, "lease": 60, "holder": "x", "name": "x"}),
    ("ticket", read_ticket._TICKET, {"reference": "R-1"}),
    ("expire leases", expire_claims._EXPIRE, {"team": None, "step": 100}),
    ("mark breaches", mark_breaches._MARK, {"step": 100}),
    ("open overdue", open_overdue._DUE, {"seconds": 5, "step": 100}),
    ("take a webhook's call", send_due_calls._LEASE, {"team": "ads", "owner": None, "lease": 30}),
]


# A page of every team, in two states.
MOST = 2 * 51 * len(DEFAULT_TEAMS)
_READ = re.compile(r"actual rows=(\d+)|Rows Removed by (?:Filter|Index Recheck): (\d+)")


def _scans(plan: list[str]) -> list[str]:
    """The lines of a plan that read more rows than MOST, discarded rows included."""
    return [line for line in plan for rows, thrown in _READ.findall(line) if int(rows or thrown) > MOST]


def test_no_statement_reads_the_whole_table(many: Triage) -> None:
    found: dict[str, list[str]] = {}
    with many.engine.connect() as connection:
        for name, statement, parameters in STATEMENTS:
            explain = text(f"explain (analyze, timing off) {statement.text}")
            with connection.begin() as transaction:
                plan = [str(line) for line in connection.execute(explain, dict(parameters)).scalars()]
                transaction.rollback()
            found[name] = _scans(plan)
    assert found == {name: [] for name in found}
    assert len(found) == len(STATEMENTS)
