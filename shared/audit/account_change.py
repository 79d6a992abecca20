"""Records that an account was changed."""

from sqlalchemy import Connection

from shared.audit.record import Author, differences, record_audit
from shared.auth.users import User


def record_account_change(connection: Connection, author: Author, before: User, after: User) -> None:
    """What differs, without names; nothing where nothing does."""
    was, becomes = differences(before.audited, after.audited)
    if after.name != before.name:
        becomes["name"] = "changed"
    if becomes:
        record_audit(connection, author, "user.changed", f"user/{after.id}", was, becomes)
