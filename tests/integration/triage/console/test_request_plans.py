"""The plans of the statements of requests: each reads about a page of rows, however many tickets there are."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, event

from services.triage.deps import Deps
from services.triage.timers.fill_search import fill_search
from tests.integration.triage.conftest import Caller, People, Triage
from tests.integration.triage.console.conftest import SignedIn, Visitor

# The largest list reads 51 rows for each of four teams and six states.
MOST = 51 * 4 * 6
_READ = re.compile(r"actual rows=([\d.]+) loops=(\d+)|Rows Removed by (?:Filter|Index Recheck): (\d+)")
_EXPLAINED = re.compile(r"\s*(select|with|insert|update|delete)\b", re.IGNORECASE)

WITH_ROWS = """
    insert into triage.tickets (reference, team, state, category, priority, tags, message, email, details, missing_evidence,
        key_number, correlation_id, created_at, respond_by, ruleset, facts, decision, claim, claimed_by, lease_expires_at)
    select 'R-' || n, (array['ads', 'billing', 'account'])[1 + n % 3],
        (array['open', 'resolved', 'waiting', 'held', 'claimed'])[1 + n / 3 % 5],
        category, priority, tags, message, 'person' || n || '@example.com', details, missing_evidence, key_number, correlation_id,
        created_at - n * interval '1 second', 
        clock_timestamp() + n * interval '1 second' * case n % 3 when 2 then 1 else -1 end, ruleset, facts, decision,
        case when n / 3 % 5 = 4 then gen_random_uuid() end, case when n / 3 % 5 = 4 then 'Someone' end,
        case when n / 3 % 5 = 4 then clock_timestamp() + interval '1 hour' end
    from (select * from triage.tickets) as one, generate_series(1, 15000) as n;
    insert into triage.claims (id, ticket, team, holder, holder_name, version, lease_expires_at, ended_at)
    select coalesce(claim, gen_random_uuid()), reference, team, gen_random_uuid(), 'Someone', 1, clock_timestamp() + interval '1 hour',
        case when claim is null then clock_timestamp() end from triage.tickets where reference like 'R-%';
    insert into triage.timeline (ticket, kind, by) select reference, 'claimed', 'Someone' from triage.tickets;
    insert into triage.attachments (id, ticket, object, name, media_type, size, sha256, state)
    select gen_random_uuid(), reference, 'a', 'a.png', 'image/png', 1, '00', 'clean' from triage.tickets;
    insert into triage.search (ticket, sequence, team, email, category, form, vector)
    select reference, sequence, team, email, category, 2,
        to_tsvector('simple', 'word') || array_to_tsvector(array['=' || team, '#' || category])
    from triage.tickets on conflict do nothing;
"""


@pytest.fixture
def ticket(triage: Triage) -> str:
    """A ticket to work on among 15,000 in all states, two thirds of them late but not marked as breached yet."""
    reference = triage.submit("ads/metrics", subject="Findable")
    with triage.engine.begin() as connection:
        fill_search(connection)
    for statement in WITH_ROWS.split(";\n"):
        triage.rows(statement)
    triage.rows("update triage.tickets set respond_by = '2020-01-01' where reference = :r", r=reference)
    for table in ("tickets", "claims", "timeline", "attachments", "search", "queue_counts"):
        triage.rows(f"analyze triage.{table}")
    triage.rows(
        "insert into triage.queue_counts select team, state, sum(change) from triage.queue_counts group by 1, 2"
    )
    return reference


class Plans:
    """Collects the plans of an engine's statements that read too many rows."""

    def __init__(self) -> None:
        self.explained = 0
        self.scans: set[str] = set()
        self.most = MOST

    def explain(self, _connection: Connection, cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if not _EXPLAINED.match(statement):
            return
        # With autocommit there is no savepoint; such statements may run twice without harm.
        in_one = not cursor.connection.autocommit
        if in_one:
            cursor.execute("savepoint explained")
        cursor.execute(f"explain (analyze, timing off, summary off) {statement}", parameters)
        plan = [str(line) for (line,) in cursor.fetchall()]
        if in_one:
            cursor.execute("rollback to savepoint explained")
        self.explained += 1
        if any(self._rows(line) > self.most for line in plan):
            self.scans.add("\n".join([statement, *plan]))

    def _rows(self, line: str) -> float:
        return max(
            (float(rows) * int(loops) if rows else int(thrown) for rows, loops, thrown in _READ.findall(line)),
            default=0,
        )


@contextmanager
def plans_checked(engine: Engine, most: int = MOST) -> Iterator[Plans]:
    plans = Plans()
    plans.most = most
    event.listen(engine, "before_cursor_execute", plans.explain)
    try:
        yield plans
    finally:
        event.remove(engine, "before_cursor_execute", plans.explain)
    assert plans.explained > 0
    assert not plans.scans, "\n\n".join(plans.scans)


@pytest.fixture
def engine_of_app(app: Flask) -> Engine:
    kept: Deps = app.extensions["vidare"]
    return kept.engine


def test_no_page_reads_more_rows_than_it_shows(
    engine_of_app: Engine, triage: Triage, ticket: str, signed_in: SignedIn
) -> None:
    ada = signed_in("Ada", "admin")
    # Nearly all that a person ever answered is finished.
    triage.rows(
        "update triage.tickets set owner = (select id from auth.users) where state = 'resolved' or sequence % 200 = 0"
    )
    triage.rows("analyze triage.tickets")
    with plans_checked(engine_of_app):
        for path in ("/", "/setting-up", "/queues/ads/news", f"/tickets/{ticket}/news", f"/tickets/{ticket}", "/yours"):
            ada.client.get(path)
        for state in ("open", "claimed", "waiting", "held", "resolved"):
            page = ada.get(f"/queues/ads?state={state}")
            more = re.search(r'rel="next" href="([^"]+)"', page)
            assert more, state
            ada.get(more[1].replace("&amp;", "&"))
        for query in (ticket, "person77@example.com", "anna@example.com"):
            ada.get(f"/search?q={query}")


def _work(ada: Visitor, agent: Caller, ticket: str) -> None:
    """Every action on a ticket, in the console and by the API."""
    ada.get("/queues/ads")
    assert ada.post("/queues/ads/claim").location == f"/tickets/{ticket}"
    ada.act(ticket, "changes", priority="high", tags="vip")
    ada.act(ticket, "replies", message="Hello", then="keep")
    ada.act(ticket, "transfer", team="billing", cause="also_theirs", reason="Yours too")
    ada.claim(ticket)
    ada.act(ticket, "disapproval", reasons=["excessive_hashtags"])
    ada.act(ticket, "reopening", reason="Not yet")
    [claim] = agent.claim("billing", lease_seconds=60)
    agent.patch(f"/v1/claims/{claim['claim']}", {"lease_seconds": 90})
    agent("DELETE", f"/v1/claims/{claim['claim']}")
    agent.post(f"/v1/tickets/{ticket}/notes", {"message": "Hm"}, 201)
    agent.post(f"/v1/tickets/{ticket}/resolution", {"outcome": "solved"})


def test_no_action_reads_more_rows_than_it_needs(
    engine_of_app: Engine, ticket: str, signed_in: SignedIn, people: People
) -> None:
    with plans_checked(engine_of_app):
        _work(signed_in("Ada", "admin"), people("admin"), ticket)


def test_no_api_call_reads_more_rows_than_it_returns(engine_of_app: Engine, ticket: str, people: People) -> None:
    admin = people("admin")
    with plans_checked(engine_of_app):
        for path in (
            "/v1/queues",
            "/v1/tickets",
            "/v1/tickets?team=ads&state=open&category=ads/metrics",
            f"/v1/tickets?q={ticket}",
            f"/v1/tickets/{ticket}",
            f"/v1/tickets/{ticket}/explanation",
        ):
            admin.get(path)
