"""The statements of requests and ticks use indexes: no scan, however many tickets there are."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import TextClause, text

from services.triage.claims import claim_next
from services.triage.conversation import read_conversation
from services.triage.lists import list_tickets, open_tickets, queues, sorted_tickets
from services.triage.lists.filters import Wanted
from services.triage.owners import reservations
from services.triage.tickets import read_ticket
from services.triage.timers import expire_claims, mark_breaches, open_overdue
from services.triage.webhooks import send_due_calls
from shared.settings import DEFAULT_TEAMS
from tests.integration.triage.conftest import Triage

_ALL = Wanted(DEFAULT_TEAMS, ["open", "resolved"])
_CATEGORY = Wanted(DEFAULT_TEAMS, ["open", "resolved"], "ads/metrics")
_QUEUE = Wanted(["ads"], ["open"])
_CLAIMER: Mapping[str, Any] = {"team": "ads", "limit": 1, "holder": str(uuid4())}


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
    ("list", text(list_tickets.newest_keys(_ALL)), _ALL.parameters),
    ("list of a category", text(list_tickets.newest_keys(_CATEGORY)), _CATEGORY.parameters),
    ("queue", text(sorted_tickets._OPEN.format(more=_QUEUE.more, after="true")), _QUEUE.parameters),
    ("first of the queue", open_tickets._REFERENCES, {"team": "ads", "limit": 51}),
    ("claim", claim_next._FREE, _CLAIMER),
    ("claim what is reserved for me", claim_next._RESERVED_FOR, _CLAIMER),
    ("end reservations", reservations._END, {"team": "ads", "step": 100}),
    ("ticket", read_ticket._TICKETS, {"references": ["R-1"]}),
    ("conversation", read_conversation._LINES, {"references": ["R-1"], "before": 2**62, "most": 101}),
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
