"""Invite a person by e-mail to choose a password."""

from uuid import UUID

from sqlalchemy import Connection

from services.triage.people.account import lock_account
from services.triage.people.send_password_link import send_password_link
from shared.audit.record import Author, record_audit
from shared.auth.principal import Principal
from shared.auth.users import User
from shared.errors import Conflict


def invite_person(connection: Connection, person: UUID, admin: Principal, ip: str | None) -> User:
    """Has notify send a link that works once, within 7 days; a former link works no more.

    Raises NotFound, Conflict for an account that is closed or a program's.
    """
    user = lock_account(connection, person)
    if user.disabled_at is not None:
        raise Conflict("The account is closed.")
    if user.role == "service":
        raise Conflict("Nobody can sign in with this account.")
    send_password_link(connection, user.id, user.email, "invitation")
    record_audit(connection, Author(admin.id, ip), "user.invited", f"user/{user.id}")
    return user
