"""Give a person another password."""

from uuid import UUID

from sqlalchemy import Connection

from services.triage.people.account import lock_account
from shared.audit.record import Author, record_audit
from shared.auth.principal import Principal
from shared.auth.users import User, reset_password


def set_password(connection: Connection, person: UUID, admin: Principal, ip: str | None, password: str) -> User:
    """Ends the account's sessions. Raises NotFound, Unprocessable."""
    found = lock_account(connection, person)
    reset_password(connection, person, password)
    record_audit(connection, Author(admin.id, ip), "user.password_set", f"user/{person}")
    return found
