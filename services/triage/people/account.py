"""Finds an account and protects an admin's own."""

from uuid import UUID

from sqlalchemy import Connection

from shared.auth.principal import Principal
from shared.auth.users import User, list_users
from shared.errors import Conflict, NotFound


def find_account(connection: Connection, person: UUID) -> User:
    """The account, open or closed. Raises NotFound."""
    found = next((one for one in list_users(connection) if one.id == person), None)
    if found is None:
        raise NotFound("There is no such account.")
    return found


def require_other_account(user: User, admin: Principal) -> None:
    """Raise Conflict for the admin's own account, so that they cannot lock themselves out by mistake."""
    if user.id == admin.id:
        raise Conflict("This is your own account. Ask another admin to do that.")
