"""Open a closed account again."""

from uuid import UUID

from sqlalchemy import Connection

from services.triage.people.account import lock_account
from shared.audit.record import Author, record_audit
from shared.auth.principal import Principal
from shared.auth.users import User, enable


def open_account(
    connection: Connection, person: UUID, admin: Principal, ip: str | None, password: str | None = None
) -> User:
    """With another password, or the former one; its former tokens stay revoked. Returns the account as it was.

    Raises NotFound, Conflict for one that is open.
    """
    found = lock_account(connection, person)
    enable(connection, person, password)
    record_audit(connection, Author(admin.id, ip), "user.opened", f"user/{person}")
    return found
