"""Registering, listing and removing the webhooks of a team."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.webhooks.addresses import ForbiddenAddress, UnknownHost, target_of
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


def list_webhooks(connection: Connection, team: str, principal: Principal) -> list[dict[str, Any]]:
    """The team's webhooks, without their secrets. Raises Forbidden."""
    principal.require_read(team)
    return [dict(row._mapping) for row in connection.execute(_LIST, {"team": team})]


def register_webhook(
    connection: Connection, team: str, principal: Principal, url: str, secret: str, allow_private: bool
) -> dict[str, Any]:
    """Returns the new webhook without its secret.

    Raises Forbidden, Unprocessable for a forbidden address, Conflict if the team has MOST_A_TEAM webhooks.
    """
    principal.require_write(team)
    try:
        target_of(url, allow_private)
    except UnknownHost:
        pass  # the name may be registered later; every call checks the address again
    except ForbiddenAddress as error:
        raise Unprocessable({"url": [str(error)]}) from error
    connection.execute(_LOCK, {"team": team})
    if len(connection.execute(_LIST, {"team": team}).all()) >= MOST_A_TEAM:
        raise Conflict(f"A team has at most {MOST_A_TEAM} webhooks.")
    row = connection.execute(_INSERT, {"team": team, "url": url, "secret": secret, "by": principal.name}).one()
    return dict(row._mapping)


def remove_webhook(connection: Connection, team: str, webhook: UUID, principal: Principal) -> None:
    """Remove the webhook with its calls. Raises Forbidden, NotFound."""
    principal.require_write(team)
    if connection.execute(_DELETE, {"id": webhook, "team": team}).rowcount == 0:
        raise NotFound("There is no such webhook.")


def team_of_webhook(connection: Connection, webhook: UUID) -> str:
    """Raises NotFound."""
    team: str | None = connection.execute(_TEAM, {"id": webhook}).scalar_one_or_none()
    if team is None:
        raise NotFound("There is no such webhook.")
    return team
