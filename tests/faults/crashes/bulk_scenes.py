"""Scenes of bulks: the action on each ticket, its undo, and one that cannot be done."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from shared.auth.tokens import make_token
from shared.auth.users import make_user
from tests.faults.crashes.scenario import Scenario, World
from tests.integration.triage.conftest import Triage

REPLY = {"kind": "reply", "message": "Try this."}
RESOLUTION = {"kind": "resolution", "outcome": "solved", "message": "It works again."}
TRANSFER = {"kind": "transfer", "team": "billing", "reason": "It is about money."}
CHUNK = ("triage.bulks_due", "triage.bulk_chunk_sent", "triage.bulk_chunk_written", "triage.bulk_chunk_done")


def _request(world: World, action: Mapping[str, Any]) -> Sequence[Any]:
    """The request for a bulk of three tickets, one of which another person has claimed, and one that there is none of."""
    email = f"{uuid4().hex}@example.com"
    with world.engine.begin() as connection:
        user = make_user(connection, email, "Ada", "agent", ["ads"])
        headers = {"Authorization": f"Bearer {make_token(connection, user, 'test', None)}", "Idempotency-Key": "k"}
    triage = Triage(world.engine)
    references = [triage.submit("ads/metrics") for _ in range(3)]
    world.sql(
        "insert into triage.claims (id, ticket, team, holder, holder_name, version, lease_expires_at)"
        " values (gen_random_uuid(), :one, 'ads', 'x', 'Bo', 1, now() + interval '1 hour')",
        one=references[0],
    )
    world.sql(
        "update triage.tickets t set state = 'claimed', claim = c.id, claimed_by = 'Bo', lease_expires_at = c.lease_expires_at"
        " from triage.claims c where c.ticket = t.reference"
    )
    body = {"references": [*references, "T-0"], "action": action}
    return "triage", "/v1/tickets/bulk", body, headers, False


def _started(world: World, action: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The id of a bulk, and the headers of the person who started it."""
    request = _request(world, action)
    return world.do("post", *request)["body"]["id"], request[3]


def replies(world: World) -> Sequence[Any]:
    return (_started(world, REPLY)[0],)


def resolutions(world: World) -> Sequence[Any]:
    return (_started(world, RESOLUTION)[0],)


def _undone(world: World, action: Mapping[str, Any]) -> Sequence[Any]:
    bulk, headers = _started(world, action)
    world.do("bulk", bulk)
    world.do("post", "triage", f"/v1/bulk/{bulk}/undo", {}, headers, False)
    return (bulk,)


def transfers_undone(world: World) -> Sequence[Any]:
    return _undone(world, TRANSFER)


def resolutions_undone(world: World) -> Sequence[Any]:
    return _undone(world, RESOLUTION)


def one_that_cannot_be_done(world: World) -> Sequence[Any]:
    given = replies(world)
    world.sql("""update triage.bulks set action = action || '{"kind": "gone"}'""")
    return given


def finish(world: World) -> None:
    """Later ticks find it complete."""
    world.let_time_pass()
    world.do("tasks", "triage.send_bulk_chunks")


def a_bulk_to_start(world: World) -> Sequence[Any]:
    return _request(world, TRANSFER)


def an_undo_to_ask_for(world: World) -> Sequence[Any]:
    bulk, headers = _started(world, TRANSFER)
    world.do("bulk", bulk)
    return "triage", f"/v1/bulk/{bulk}/undo", {}, headers, False


def old_bulks(world: World) -> None:
    """Three that are done since long, with results."""
    Triage(world.engine).submit("ads/metrics")
    world.sql(
        "with bulk as (insert into triage.bulks (by_id, created_by, source, action, state, total, created_at)"
        " select gen_random_uuid(), 'Ada', 'api', '{}', 'done', 1, now() - interval '100 days' from generate_series(1, 3)"
        " returning id) insert into triage.bulk_tickets (bulk, number, ticket, status) select id, 1, 'T-1', 'done' from bulk"
    )


SCENARIOS = (
    Scenario("a bulk of replies", CHUNK, replies, "bulk"),
    Scenario("a bulk of resolutions", CHUNK, resolutions, "bulk"),
    Scenario("a bulk of transfers to undo", CHUNK, transfers_undone, "bulk"),
    Scenario("a bulk of resolutions to undo", CHUNK, resolutions_undone, "bulk"),
    Scenario("a bulk that cannot be done", ("triage.bulk_failed",), one_that_cannot_be_done, "bulk", afterwards=finish),
    Scenario("a bulk to start", ("web.unanswered",), a_bulk_to_start, "post"),
    Scenario("an undo to ask for", ("web.unanswered",), an_undo_to_ask_for, "post"),
)
