"""What the receivers of webhooks have not taken yet."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

_WAITING = text("""
    select team, count(*) as calls, coalesce(extract(epoch from clock_timestamp() - min(failing_since))::float8, 0) as failing_seconds
    from triage.webhook_calls where state = 'queued' group by team order by team
""")


@dataclass(frozen=True)
class WaitingCalls:
    """A team's calls that wait for a receiver, and for how many seconds the one that fails longest has failed (0: none does)."""

    team: str
    calls: int
    failing_seconds: float


def waiting_calls(connection: Connection) -> list[WaitingCalls]:
    """By team; those of which nothing waits are left out."""
    return [WaitingCalls(row.team, row.calls, row.failing_seconds) for row in connection.execute(_WAITING)]
