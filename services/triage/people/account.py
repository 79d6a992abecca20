"""Locks an account, protects an admin's own, and knows the teams."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, text

from shared.auth.principal import ALL_TEAMS, Principal
from shared.auth.users import User, find_user_by_id
from shared.errors import Conflict, Unprocessable

_LOCK = text("select from auth.users where id = :id for update")


def lock_account(connection: Connection, person: UUID) -> User:
    """The account, open or closed; whoever else changes it waits until the transaction ends. Raises NotFound."""
    connection.execute(_LOCK, {"id": person})
    return find_user_by_id(connection, person)


def require_other_account(user: User, admin: Principal) -> None:
    """Raise Conflict for the admin's own account, so that they cannot lock themselves out by mistake."""
    if user.id == admin.id:
        raise Conflict("This is your own account. Ask another admin to do that.")


def require_teams(teams: Sequence[str], known: Sequence[str]) -> None:
    """Raise Unprocessable for a team that there is not."""
    unknown = [team for team in teams if team not in (*known, ALL_TEAMS)]
    if unknown:
        raise Unprocessable({"teams": [f"There is no team {', '.join(unknown)}."]})
