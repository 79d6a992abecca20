"""End a token."""

from uuid import UUID

from sqlalchemy import Connection

from shared.audit.record import Author, record_audit
from shared.auth.principal import Principal
from shared.auth.tokens import revoke_token


def remove_token(connection: Connection, token: UUID, admin: Principal, ip: str | None) -> None:
    """It ends at once, and with it the account that was made for it. Raises NotFound, Conflict for one that has ended."""
    revoke_token(connection, token)
    record_audit(connection, Author(admin.id, ip), "token.revoked", f"token/{token}")
