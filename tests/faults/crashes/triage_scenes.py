"""Scenes in triage: ticks, replays, webhooks, and an agent's actions."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from services.triage.handlers import team_handlers
from services.triage.replays.saved import start_replay
from shared.auth.tokens import make_token
from shared.auth.users import make_user
from shared.events.consumer import Consumer
from tests.faults.crashes.bulk_scenes import old_bulks
from tests.faults.crashes.scenario import SAME_CALL, Scenario, World
from tests.faults.crashes.upload_scenes import messages_with_checked_files
from tests.integration.notify.ledger import submission
from tests.integration.triage.conftest import Triage

WAITING = "update triage.tickets set state_since = now() - interval '400 days', state = "
SCHEDULED = """
    insert into triage.scheduled_messages (id, ticket, writer, writer_name, action, content, kind, version, seen, due_at)
    select gen_random_uuid(), :ticket, :writer, 'Ada', 'reply', cast(:content as jsonb), 'later', version,
           (select max(id) from triage.timeline where ticket = :ticket), now() - interval '1 minute'
    from triage.tickets where reference = :ticket
"""


def tickets(world: World, *statements: str) -> None:
    """Three tickets in the queue of ads, changed by `statements`."""
    triage = Triage(world.engine)
    for _ in range(3):
        triage.submit("ads/metrics")
    for statement in statements:
        world.sql(statement)


def late_ones_of_a_led_team(world: World) -> None:
    with world.engine.begin() as connection:
        make_user(connection, "lead@example.com", "Lea", "lead", ["ads"])
    tickets(world, "update triage.tickets set breached = true, respond_by = now() - interval '1 hour'")


def claimed_ones(world: World) -> None:
    tickets(
        world,
        "insert into triage.claims (id, ticket, team, holder, holder_name, version, lease_expires_at)"
        " select gen_random_uuid(), reference, team, 'x', 'Ada', 1, now() - interval '1 minute' from triage.tickets",
        "update triage.tickets t set state = 'claimed', claim = c.id, claimed_by = 'Ada',"
        " lease_expires_at = c.lease_expires_at from triage.claims c where c.ticket = t.reference",
    )


def unread_mentions(world: World) -> None:
    with world.engine.begin() as connection:
        make_user(connection, "bo@example.com", "Bo", "agent", ["ads"])
    tickets(
        world,
        "insert into triage.notifications (account, kind, ticket, at)"
        " select id, 'mention', reference, now() - interval '11 minutes' from auth.users, triage.tickets",
    )


ANSWERED = "insert into triage.timeline (ticket, kind, by, message, facts)"
ANSWERED += """ select reference, 'replied', 'Ada', 'x', '{"then": "resolve"}' from triage.tickets"""


def an_old_replay(world: World) -> None:
    tickets(world)
    with world.engine.begin() as connection:
        replay = start_replay(connection, 1, 30, "Ada")
    world.sql("update triage.replays set state = 'done', created_at = now() - interval '100 days'")
    world.sql(
        "insert into triage.replay_changes (replay, number, ticket, before, after)"
        " select :id, 1, min(reference), '{}', '{}' from triage.tickets",
        id=replay,
    )


COUNTED = "insert into triage.service_counts (week, team, category, measure, bucket, count, seconds)"
COUNTED += " select triage.monday(now()), 'ads', 'ads/metrics', 'answered', 1, 1, 60 from generate_series(1, 3)"
HELP = "insert into triage.help_counts (day, path, step, count)"
HELP += " select current_date, 'ads/metrics', 'shown', 1 from generate_series(1, 3)"

REQUESTS = "insert into triage.idempotency (caller, route, key, content, at)"
REQUESTS += (
    " select gen_random_uuid(), 'POST /v1/x', n::text, '', now() - interval '8 days' from generate_series(1, 3) n"
)


def scheduled_messages(world: World) -> None:
    """Three answers that are due: one that can be sent, one whose requester has written since, and one of a person who is gone."""
    references = [Triage(world.engine).submit("ads/metrics") for _ in range(3)]
    with world.engine.begin() as connection:
        writer = make_user(connection, f"{uuid4().hex}@example.com", "Ada", "agent", ["ads"])
    content = {"values": {"message": "Hello", "then": "wait", "attachments": []}, "applied": {"tags": ["vip"]}}
    for reference, by in zip(references, (writer, writer, uuid4()), strict=True):
        world.sql(SCHEDULED, ticket=reference, writer=by, content=json.dumps(content))
    Triage(world.engine).follow_up(references[1])
    world.sql("update triage.scheduled_messages set state = 'scheduled', because = null")


# A scene for each tick.
TICKS: Mapping[str, Callable[[World], None]] = {
    "triage.expire_leases": claimed_ones,
    "triage.end_reservations": lambda world: tickets(
        world, "update triage.tickets set reserved_until = now() - interval '1 minute'"
    ),
    "triage.clear_requests": lambda world: tickets(world, REQUESTS),
    "triage.fold_counts": tickets,
    "triage.fill_search": tickets,
    "triage.mark_breaches": lambda world: tickets(
        world, "update triage.tickets set respond_by = now() - interval '1 hour'"
    ),
    "triage.warn": lambda world: tickets(
        world,
        "update triage.tickets set respond_by = now() + interval '20 minutes', state_since = now() - interval '8 hours'",
    ),
    "triage.escalate": late_ones_of_a_led_team,
    "triage.read_clocks": lambda world: tickets(
        world, "insert into triage.service_pending select reference, 'answered', now() from triage.tickets"
    ),
    "triage.fold_service_counts": lambda world: tickets(world, COUNTED),
    "triage.fold_timeline": lambda world: tickets(world, ANSWERED),
    "triage.remind": lambda world: tickets(world, f"{WAITING} 'held', missing_evidence = '{{pin_url}}'"),
    "triage.open_overdue": lambda world: tickets(world, f"{WAITING} 'held', missing_evidence = '{{pin_url}}'"),
    "triage.end_snoozes": lambda world: tickets(
        world, "update triage.tickets set state = 'snoozed', snoozed_until = now() - interval '1 minute'"
    ),
    "triage.resolve_silent": lambda world: tickets(world, f"{WAITING} 'waiting'"),
    "triage.fold_help_counts": lambda world: tickets(world, HELP),
    "triage.fold_handled": tickets,
    "triage.clear_bulks": old_bulks,
    "triage.clear_replays": an_old_replay,
    "triage.send_scheduled": scheduled_messages,
    "triage.mail_mentions": unread_mentions,
    "triage.clear_notifications": lambda world: tickets(
        world,
        "insert into triage.notifications (account, kind, ticket, at)"
        " select gen_random_uuid(), 'mention', reference, now() - interval '91 days' from triage.tickets",
    ),
    "triage.send_checked_messages": messages_with_checked_files,
}


def tick(name: str, world: World) -> Sequence[Any]:
    TICKS[name](world)
    return (name,)


def a_silent_replay(world: World) -> Sequence[Any]:
    tickets(world)
    with world.engine.begin() as connection:
        replay = start_replay(connection, 1, 30, "Ada")
    world.let_time_pass()
    return (str(replay),)


def a_replay_that_cannot_be_done(world: World) -> Sequence[Any]:
    given = a_silent_replay(world)
    world.sql("update triage.replays set tally = '[]', total = 3, at = since")
    return given


def finish_the_replay(world: World) -> None:
    """Later ticks find it complete."""
    world.let_time_pass()
    world.do("tasks", "triage.ring_replays")


def calls_to_make(world: World) -> Sequence[Any]:
    world.sql(
        "insert into triage.webhooks (team, url, secret, created_by) values ('ads', :url, 's', 'x')",
        url=world.receiver.url,
    )
    tickets(world)
    # Not by the worker's task, whose threads would make the calls at once.
    deliveries = text("select id from events.deliveries where subscriber = 'team.ads'")
    with world.engine.begin() as connection:
        ids = list(connection.execute(deliveries).scalars())
    assert Consumer(world.engine, "team.ads", team_handlers()).consume(ids) == len(ids) > 0
    return ("ads",)


def headers_of(world: World, role: Any) -> dict[str, str]:
    """The headers of an account's requests."""
    with world.engine.begin() as connection:
        user = make_user(connection, f"{uuid4().hex}@example.com", "Ada", role, ["ads"])
        return {"Authorization": f"Bearer {make_token(connection, user, 'test', None)}"}


def a_claim(world: World) -> Sequence[Any]:
    tickets(world)
    return "triage", "/v1/queues/ads/claims", {"limit": 3, "lease_seconds": 600}, headers_of(world, "agent"), False


def an_answer(world: World) -> Sequence[Any]:
    _, path, body, headers, _ = a_claim(world)
    claim = world.do("post", "triage", path, body, headers, False)["body"]["items"][0]
    reply = {"message": "Try this.", "claim": claim["claim"]}
    return "triage", f"/v1/tickets/{claim['ticket']['reference']}/replies", reply, headers, False


def a_person_who_called(world: World) -> Sequence[Any]:
    body = {"category": "ads/metrics", "email": "ann@example.com", "internal_note": "She called.", "source": "phone"}
    return "triage", "/v1/tickets", body, headers_of(world, "agent") | {"Idempotency-Key": "k"}, False


def participants_of_a_ticket(world: World) -> Sequence[Any]:
    _, path, body, headers, _ = a_claim(world)
    claim = world.do("post", "triage", path, body, headers, False)["body"]["items"][0]
    reference = claim["ticket"]["reference"]
    return reference, {"emails": ["bo@example.org"], "claim": claim["claim"]}, headers


def sending_again(world: World) -> Sequence[Any]:
    with world.engine.begin() as connection:
        from shared.events.log import record

        record(connection, [submission("one@example.com")])
    world.do("consume", "notify", "notify")
    world.do("send_emails")
    number = world.sql("select id from notify.emails").id
    return "notify", f"/v1/emails/{number}/resend", {}, headers_of(world, "admin"), False


def send_it(world: World) -> None:
    world.do("send_emails")


SCENARIOS = (
    *(Scenario(name, ("tick.written", "tick.committed"), partial(tick, name), "tasks") for name in TICKS),
    Scenario(
        "a replay",
        ("triage.replays_due", "triage.replay_chunk_sent", "triage.chunk_written", "triage.chunk_done"),
        a_silent_replay,
        "replay",
    ),
    Scenario(
        "a replay that cannot be done",
        ("triage.replay_failed",),
        a_replay_that_cannot_be_done,
        "replay",
        afterwards=finish_the_replay,
    ),
    Scenario(
        "webhooks to call",
        ("webhooks.leased", "webhooks.called", "webhooks.outcome_written", "webhooks.outcome_committed"),
        calls_to_make,
        "webhooks",
        tolerated={"webhooks.called": SAME_CALL, "webhooks.outcome_written": SAME_CALL},
    ),
    Scenario("tickets to claim", ("web.unanswered",), a_claim, "post"),
    Scenario("a ticket to open for a person who called", ("web.unanswered",), a_person_who_called, "post"),
    Scenario("participants to set", ("web.unanswered",), participants_of_a_ticket, "put_participants"),
    Scenario("a claimed ticket to answer", ("web.unanswered",), an_answer, "post"),
    Scenario("a mail to send again", ("web.unanswered",), sending_again, "post", afterwards=send_it),
)
