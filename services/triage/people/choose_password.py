"""Set the password of the person who has a link."""

from uuid import UUID

from sqlalchemy import Connection

from shared.audit.record import Author, record_audit
from shared.auth.password_links import use_link


def choose_password(connection: Connection, secret: str, link: UUID, token: str, password: str, ip: str | None) -> UUID:
    """The account, whose sessions have ended. Raises NotFound for a link that was used or is too old, Unprocessable for the password."""
    account = use_link(connection, secret, link, token, password)
    record_audit(connection, Author(account, ip), "user.password_set", f"user/{account}")
    return account
