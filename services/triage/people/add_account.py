"""Make a person's account."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.triage.people.account import require_teams
from shared.audit.record import Author, record_audit
from shared.auth.principal import Principal
from shared.auth.users import User, find_user, make_user


def add_account(
    connection: Connection,
    admin: Principal,
    ip: str | None,
    email: str,
    name: str,
    role: str,
    teams: Sequence[str],
    known_teams: Sequence[str],
    password: str | None = None,
) -> User:
    """The new account; without a password its person cannot sign in yet.

    `ip`: where `admin` sent it from; `known_teams`: those that there are. Raises Unprocessable, Conflict where the address has an account.
    """
    require_teams(teams, known_teams)
    made = make_user(connection, email, name, role, teams, password)
    user = find_user(connection, email)
    record_audit(connection, Author(admin.id, ip), "user.created", f"user/{made}", after=user.audited)
    return user
