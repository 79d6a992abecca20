"""Makes the calls that a team's webhooks are owed: taken singly under a lease, called outside any transaction, settled."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, text

from services.triage.webhooks.call import Answer, call
from shared.crash_points import crash_point
from shared.storage.leases import LEASE, RELEASE, STILL_OURS, is_free

# Three times as long as a call may take. A sender that died with its call is overtaken then; the receiver may get the event a
# second time, with the same id.
LEASE_SECONDS = 30
# Seconds until the next try: 10 s first, then ever longer; hourly from the sixth on, for three days.
WAITS = (10, 30, 60, 300, 900, 3600)
GIVE_UP_AFTER = "3 days"

# A call waits for earlier ones of its webhook and ticket, for as long as they have failed for less than an hour. A webhook with a
# failure gets one call at a time: a receiver that hangs must not hold every sender of its team. Its row is locked too, so that two
# senders who look at the same moment do not both find it free; and first, for who finds it locked must not keep its calls from the other.
_TAKE = text(f"""
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

_TAKEN = text(f"""
    update triage.webhook_calls
    set state = 'delivered', delivered_at = clock_timestamp(), last_status = :status, last_error = null, {RELEASE}
    where id = :id and {STILL_OURS} and state = 'queued'
""")

_REFUSED = text(f"""
    update triage.webhook_calls
    set failing_since = coalesce(failing_since, clock_timestamp()), last_status = :status, last_error = :error,
        {RELEASE}, due_at = clock_timestamp() + make_interval(secs => :wait),
        state = case when failing_since < clock_timestamp() - cast(:limit as interval) then 'failed' else 'queued' end
    where id = :id and {STILL_OURS} and state = 'queued'
""")


@dataclass(frozen=True)
class TakenCall:
    """A call that this sender holds."""

    id: int
    owner: UUID
    url: str
    secret: str
    body: dict[str, Any]
    attempts: int
    at: int


def send_next(engine: Engine, team: str, allow_private: bool) -> bool:
    """Make one call of the team that is due; False when there is none."""
    with engine.begin() as connection:
        taken = _take(connection, team)
    crash_point("webhooks.taken")
    if taken is None:
        return False
    answer = call(taken.url, taken.secret, taken.body, taken.at, allow_private)
    crash_point("webhooks.called")
    with engine.begin() as connection:
        _settle(connection, taken, answer)
        crash_point("webhooks.outcome_written")
    crash_point("webhooks.settled")
    return True


def send_due(engine: Engine, team: str, allow_private: bool, may_go_on: Callable[[], bool]) -> None:
    """Make the team's due calls while `may_go_on`."""
    while may_go_on() and send_next(engine, team, allow_private):
        pass


def _take(connection: Connection, team: str) -> TakenCall | None:
    owner = uuid4()
    row = connection.execute(_TAKE, {"team": team, "owner": owner, "lease": LEASE_SECONDS}).one_or_none()
    if row is None:
        return None
    body = {**row.body, "number": row.number, "attempt": row.attempts}
    return TakenCall(row.id, owner, row.url, row.secret, body, row.attempts, row.at)


def _settle(connection: Connection, taken: TakenCall, answer: Answer) -> None:
    """Write the outcome, unless another holds the call by now."""
    parameters: dict[str, object] = {"id": taken.id, "owner": taken.owner, "status": answer.status}
    if answer.taken:
        connection.execute(_TAKEN, parameters)
        return
    wait = WAITS[min(taken.attempts, len(WAITS)) - 1]
    connection.execute(_REFUSED, parameters | {"error": answer.error, "wait": wait, "limit": GIVE_UP_AFTER})
