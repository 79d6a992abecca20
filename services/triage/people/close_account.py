"""Close a person's account and release their claims."""

from uuid import UUID

from sqlalchemy import Connection

from services.triage.claims.release_all import release_all
from services.triage.people.account import lock_account, require_other_account
from shared.audit.record import Author, record_audit
from shared.auth.principal import Principal
from shared.auth.users import disable


def close_account(connection: Connection, person: UUID, admin: Principal, ip: str | None) -> None:
    """End the account's sessions, tokens and claims. Raises NotFound, Conflict for the admin's own account."""
    require_other_account(lock_account(connection, person), admin)
    disable(connection, person)
    release_all(connection, person, admin)
    record_audit(connection, Author(admin.id, ip), "user.closed", f"user/{person}")
