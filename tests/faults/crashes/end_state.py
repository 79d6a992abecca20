"""The end of a scene: two ends are equal when the same things happened equally often."""

import base64
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from redis import Redis
from sqlalchemy import text

from tests.faults.crashes.scenario import FOLDERS, World

# The columns of each table that show what happened, and none that differ from run to run (names, times, attempts).
COMPARED = {
    "events.log": "type, payload ->> 'state', payload ->> 'reminder'",
    "events.deliveries": "subscriber, parked, failures",
    "events.handled": "subscriber, sum(events)",
    "intake.attachments": "name, state, because, attempts > 0",
    "intake.address_changes": "opened_by",
    "intake.answers": "kind, personal ->> 'message'",
    "intake.follow_ups": "personal ->> 'message', continued_by is null",
    "intake.help_counts": "path, step, sum(count)",
    "intake.idempotency": "kind",
    "intake.inbound_mails": "kind, state, because, reference is null, put_off > 0",
    "intake.staged_uploads": "name",
    "intake.submissions": "category, status, missing_evidence, mail_state, follows is null",
    "notify.email_attempts": "stage, outcome, code",
    "notify.emails": "kind, recipient, state, because",
    "notify.gate": "state",
    "notify.inbound_mails": "kind, recipient",
    "notify.suppressions": "address, source",
    "notify.threads": "category, team",
    "triage.attachments": "name, state",
    "triage.bulk_tickets": "status, why, before is null",
    "triage.bulks": "state, done, total, undone_at is null",
    "triage.claims": "team, ended_how",
    "triage.escalations": "team",
    "triage.live_tokens": "credential",
    "triage.notifications": "kind, read_at is null, mailed_at is null",
    "triage.presence": "doing",
    "triage.help_counts": "path, step, sum(count)",
    "triage.idempotency": "key",
    "triage.merges": "before ->> 'state', brought ->> 'tags'",
    "triage.participants": "email, position",
    "triage.proposed_participants": "email",
    "triage.queue_counts": "team, state, sum(change)",
    "triage.replay_changes": "before, after",
    "triage.replays": "state, done, total, tally",
    "triage.satisfaction": "mailed, team, category, rule, answer, comment",
    "triage.saved_replies": "name, uses",
    "triage.scheduled_messages": "action, kind, state, because",
    "triage.report_answers": "'answer'",
    "triage.report_counts": "measure, sum(count)",
    "triage.report_keys": "team, category, rule",
    "triage.report_position": "position = until, waits_for",
    "triage.report_resolutions": "next_day is null",
    "triage.search": "team, category",
    "triage.search_pending": "'pending'",
    "triage.service_counts": "team, category, measure, sum(count)",
    "triage.service_pending": "measure",
    "triage.tickets": "team, state, category, priority, tags, breached, version, reminded_at is null, warned_at is null,"
    " escalated_at is null, reserved_until is null, snoozed_until is null",
    "triage.ticket_links": "relation",
    "triage.timeline": "kind, message",
    "triage.undone_lines": "'undone'",
    "triage.unsent_messages": "event ->> 'type', not_before > now()",
    "triage.uploads": "name, state, because, used_at is null, attempts > 0",
    "triage.webhook_calls": "event, number, state, last_status",
}
NAMED_OBJECTS = text("""
    select object from intake.attachments union select object from intake.staged_uploads
    union select object from intake.inbound_mails union select object from notify.inbound_mails
    union select object from triage.uploads union select object from triage.attachments where object like 'uploads/%'
""")


# Rows that expire anyhow.
EXCEPT = {"intake.idempotency": "kind = 'content'"}
# Folding changes how many rows there are, and no sum.
FOLDED = ("events.handled", "triage.queue_counts", "triage.service_counts", "triage.help_counts")


def end_of(world: World) -> dict[str, Any]:
    """The rows, objects, mails, calls and messages there are, as far as two ends can be compared."""
    mails, calls = defaultdict(list), defaultdict(list)
    for recipient, identity in zip(world.peer.recipients, world.peer.accepted, strict=True):
        mails[recipient].append(identity)
    for _, body in world.receiver.got:
        call = json.loads(body)
        calls[call["ticket"]["reference"]].append(call["id"])
    return {
        **_rows(world),
        **_objects(world),
        "mails": _copies(mails),
        "calls": _copies(calls),
        "messages": _messages(world),
    }


def _rows(world: World) -> dict[str, Any]:
    """For each table how often each row occurs, or its sums."""
    with world.engine.connect() as connection:
        rows: dict[str, Any] = {
            table: Counter(map(str, connection.execute(text(_query(table, columns))).all()))
            for table, columns in COMPARED.items()
        }
        for table in FOLDED:
            rows[f"rows of {table}"] = connection.execute(text(f"select count(*) from {table}")).scalar()
    return rows


def _query(table: str, columns: str) -> str:
    groups = ", ".join(column for column in columns.split(", ") if not column.startswith("sum("))
    rows = f"select {columns} from {table} where not ({EXCEPT.get(table, 'false')})"
    return rows + (f" group by {groups}" if "sum(" in columns else "")


def _objects(world: World) -> dict[str, int]:
    """How many objects no row names, and how many rows name an object that is missing."""
    there = {name for folder in FOLDERS for name, _ in world.store.list_objects(folder)}
    with world.engine.connect() as connection:
        named = set(connection.execute(NAMED_OBJECTS).scalars())
    return {"orphans": len(there - named), "missing": len(named - there)}


def _copies(sent: Mapping[str, list[str]]) -> list[tuple[int, int]]:
    """For each recipient: how many different ones, how many in all."""
    return sorted((len(set(identities)), len(identities)) for identities in sent.values())


def _messages(world: World) -> dict[str, int]:
    """How many deliveries are in Redis, by queue. One that is there twice has no effect the second time."""
    with Redis.from_url(world.environment["VIDARE_REDIS_URL"]) as redis:
        return {
            queue: len({number for message in redis.lrange(queue, 0, -1) for number in _ids(message)})
            for queue in ("triage", "notify")
        }


def _ids(message: bytes) -> list[int]:
    arguments = json.loads(base64.b64decode(json.loads(message)["body"]))[0]
    return list(arguments[0])
