"""The calls of a webhook, and the number of calls that wait for each team's receivers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.triage.webhooks.registration import team_of_webhook
from shared.auth.principal import Principal

_CALLS = text("""
    select id, event, event_id, ticket, number, state, attempts, last_status, last_error, created_at, delivered_at,
           case when state = 'queued' then due_at end as next_try_at
    from triage.webhook_calls where webhook = :id and id < :before order by id desc limit :limit
""")
_WAITING = text("""
    select team, count(*) as calls, coalesce(extract(epoch from clock_timestamp() - min(failing_since))::float8, 0) as failing_seconds
    from triage.webhook_calls where state = 'queued' group by team order by team
""")


@dataclass(frozen=True)
class WaitingCalls:
    """A team's queued calls. `failing_seconds`: how long the call that failed first has been failing, 0 if none has."""

    team: str
    calls: int
    failing_seconds: float


def list_calls(
    connection: Connection, webhook: UUID, principal: Principal, before: int, limit: int
) -> Sequence[Row[Any]]:
    """The webhook's calls with ids below `before`, newest first; one more than `limit` if there are. Raises NotFound, Forbidden."""
    principal.require_read(team_of_webhook(connection, webhook))
    return connection.execute(_CALLS, {"id": webhook, "before": before, "limit": limit + 1}).all()


def waiting_calls(connection: Connection) -> list[WaitingCalls]:
    """By team, without teams that have none."""
    return [WaitingCalls(row.team, row.calls, row.failing_seconds) for row in connection.execute(_WAITING)]
