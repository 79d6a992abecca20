"""End a token."""

from uuid import UUID

from sqlalchemy import Connection, text

from shared.audit.record import Author, record_audit
from shared.auth.principal import Principal
from shared.auth.tokens import revoke_token
from shared.auth.users import disable

_OWNER = text("""
    select u.id, u.is_program from auth.tokens t join auth.users u on u.id = t.user_id where t.id = :token
""")


def remove_token(connection: Connection, token: UUID, admin: Principal, ip: str | None) -> None:
    """It ends at once, and with it the account that was made for it. Raises NotFound, Conflict for one that has ended."""
    revoke_token(connection, token)
    owner = connection.execute(_OWNER, {"token": token}).one()
    if owner.is_program:
        disable(connection, owner.id)
    record_audit(connection, Author(admin.id, ip), "token.revoked", f"token/{token}")
