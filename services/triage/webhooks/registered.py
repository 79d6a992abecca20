"""The webhooks of a team: registered, listed, removed; what became of their calls."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.triage.webhooks.addresses import RefusedAddress, UnknownHost, target_of
from shared.auth.principal import Principal
from shared.errors import Conflict, NotFound, Unprocessable

MOST_A_TEAM = 20

_LIST = text(
    "select id, team, url, created_by, created_at from triage.webhooks where team = :team order by created_at, id"
)
_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:team, 23))")
_INSERT = text("""
    insert into triage.webhooks (team, url, secret, created_by) values (:team, :url, :secret, :by)
    returning id, team, url, created_by, created_at
""")
_DELETE = text("delete from triage.webhooks where id = :id and team = :team")
_TEAM = text("select team from triage.webhooks where id = :id")
_CALLS = text("""
    select id, event, event_id, ticket, number, state, attempts, last_status, last_error, created_at, delivered_at,
           case when state = 'queued' then due_at end as next_try_at
    from triage.webhook_calls where webhook = :id and id < :before order by id desc limit :limit
""")
_STATE = text("select state from triage.webhook_calls where id = :call and webhook = :webhook for update")
_AGAIN = text("""
    update triage.webhook_calls
    set state = 'queued', due_at = clock_timestamp(), attempts = 0, failing_since = null, delivered_at = null
    where id = :call
""")


def list_webhooks(connection: Connection, team: str, principal: Principal) -> list[dict[str, Any]]:
    """The team's webhooks, without their secrets. Raises Forbidden."""
    principal.require_read(team)
    return [dict(row._mapping) for row in connection.execute(_LIST, {"team": team})]


def register_webhook(
    connection: Connection, team: str, principal: Principal, url: str, secret: str, allow_private: bool
) -> dict[str, Any]:
    """A new webhook. Raises Forbidden, Unprocessable for an address that may not be called, Conflict when there are too many."""
    principal.require_write(team)
    try:
        target_of(url, allow_private)
    except UnknownHost:
        pass  # it may be known tomorrow; the address is checked at every call
    except RefusedAddress as error:
        raise Unprocessable({"url": [str(error)]}) from error
    connection.execute(_LOCK, {"team": team})
    if len(connection.execute(_LIST, {"team": team}).all()) >= MOST_A_TEAM:
        raise Conflict(f"A team has at most {MOST_A_TEAM} webhooks.")
    row = connection.execute(_INSERT, {"team": team, "url": url, "secret": secret, "by": principal.name}).one()
    return dict(row._mapping)


def remove_webhook(connection: Connection, team: str, webhook: UUID, principal: Principal) -> None:
    """Remove it; what it was still owed goes with it. Raises Forbidden, NotFound."""
    principal.require_write(team)
    if connection.execute(_DELETE, {"id": webhook, "team": team}).rowcount == 0:
        raise NotFound("There is no such webhook.")


def list_calls(
    connection: Connection, webhook: UUID, principal: Principal, before: int, limit: int
) -> Sequence[Row[Any]]:
    """The webhook's calls, newest first; one more than `limit` if there are so many. Raises NotFound, Forbidden."""
    principal.require_read(_team_of(connection, webhook))
    return connection.execute(_CALLS, {"id": webhook, "before": before, "limit": limit + 1}).all()


def call_again(connection: Connection, webhook: UUID, call: int, principal: Principal) -> None:
    """Make a settled call due once more. Raises NotFound, Forbidden, Conflict for one that is still to be made."""
    principal.require_write(_team_of(connection, webhook))
    state = connection.execute(_STATE, {"webhook": webhook, "call": call}).scalar_one_or_none()
    if state is None:
        raise NotFound("This webhook had no such call.")
    if state == "queued":
        raise Conflict("This call is still to be made.")
    connection.execute(_AGAIN, {"call": call})


def _team_of(connection: Connection, webhook: UUID) -> str:
    team: str | None = connection.execute(_TEAM, {"id": webhook}).scalar_one_or_none()
    if team is None:
        raise NotFound("There is no such webhook.")
    return team
