"""Send the due webhook calls of a team: lease one, call outside any transaction, record the outcome."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, text

from services.triage.webhooks.call import Answer, call
from services.triage.webhooks.retry import retry_later
from shared.crash_points import crash_point
from shared.storage.leases import LEASE, RELEASE, STILL_OURS, is_free

# Three times the longest call. When a sender dies, its call is made again after that; the receiver may then get the event twice,
# with the same id.
LEASE_SECONDS = 30

# A call waits for earlier calls of its webhook and ticket unless these have failed for an hour. A webhook with a failed call gets one
# call at a time, so that a receiver that hangs cannot occupy all senders of its team; the webhook's row is locked for that check.
# Lock the webhook before its calls, so that SKIP LOCKED cannot starve both senders.
_LEASE = text(f"""
    with next as (
        select c.id from triage.webhook_calls c join triage.webhooks w on w.id = c.webhook
        where c.team = :team and c.state = 'queued' and c.due_at <= statement_timestamp()
          and {is_free("c")}
          and not exists (
              select 1 from triage.webhook_calls earlier
              where earlier.webhook = c.webhook and earlier.ticket = c.ticket and earlier.id < c.id
                and earlier.state = 'queued'
                and (earlier.failing_since is null or earlier.failing_since > clock_timestamp() - interval '1 hour'))
          and not (
              exists (select 1 from triage.webhook_calls failing
                      where failing.webhook = c.webhook and failing.state = 'queued' and failing.failing_since is not null)
              and exists (select 1 from triage.webhook_calls busy
                          where busy.webhook = c.webhook and busy.leased_until > clock_timestamp()))
        order by c.due_at, c.id limit 1 for no key update of w, c skip locked
    )
    update triage.webhook_calls c
    set {LEASE}, attempts = attempts + 1
    from next, triage.webhooks w
    where c.id = next.id and w.id = c.webhook
    returning c.id, c.number, c.body, c.attempts, w.url, w.secret, extract(epoch from clock_timestamp())::bigint as at
""")

_DELIVERED = text(f"""
    update triage.webhook_calls
    set state = 'delivered', delivered_at = clock_timestamp(), last_status = :status, last_error = null, {RELEASE}
    where id = :id and {STILL_OURS} and state = 'queued'
""")


@dataclass(frozen=True)
class LeasedCall:
    """A call that this sender has leased as `owner`. `at`: the time of the signature in Unix seconds."""

    id: int
    owner: UUID
    url: str
    secret: str
    body: dict[str, Any]
    attempts: int
    at: int


def send_due_calls(engine: Engine, team: str, allow_private: bool, may_continue: Callable[[], bool]) -> None:
    """Send the team's due calls until there are none, or `may_continue` returns False."""
    while may_continue() and send_next_call(engine, team, allow_private):
        pass


def send_next_call(engine: Engine, team: str, allow_private: bool) -> bool:
    """Send one due call of the team. Returns whether there was one."""
    with engine.begin() as connection:
        leased = _lease(connection, team)
    crash_point("webhooks.leased")
    if leased is None:
        return False
    answer = call(leased.url, leased.secret, leased.body, leased.at, allow_private)
    crash_point("webhooks.called")
    with engine.begin() as connection:
        _record_outcome(connection, leased, answer)
        crash_point("webhooks.outcome_written")
    crash_point("webhooks.outcome_committed")
    return True


def _lease(connection: Connection, team: str) -> LeasedCall | None:
    owner = uuid4()
    row = connection.execute(_LEASE, {"team": team, "owner": owner, "lease": LEASE_SECONDS}).one_or_none()
    if row is None:
        return None
    body = {**row.body, "number": row.number, "attempt": row.attempts}
    return LeasedCall(row.id, owner, row.url, row.secret, body, row.attempts, row.at)


def _record_outcome(connection: Connection, leased: LeasedCall, answer: Answer) -> None:
    """Changes nothing if the lease was lost to another sender."""
    if answer.is_success:
        connection.execute(_DELIVERED, {"id": leased.id, "owner": leased.owner, "status": answer.status})
    else:
        retry_later(connection, leased.id, leased.owner, leased.attempts, answer)
