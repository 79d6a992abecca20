"""Change a person's name, role and teams, and open or close the account."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from services.triage.people.account import lock_account, require_other_account, require_teams
from services.triage.people.close_account import close_account
from services.triage.people.open_account import open_account
from shared.audit.account_change import record_account_change
from shared.audit.record import Author
from shared.auth.principal import Principal
from shared.auth.users import User, find_user_by_id, set_name, set_role, set_teams


@dataclass(frozen=True)
class Changes:
    """What becomes of an account; None: it stays."""

    name: str | None = None
    role: str | None = None
    teams: Sequence[str] | None = None
    active: bool | None = None


def change_account(
    connection: Connection,
    person: UUID,
    admin: Principal,
    ip: str | None,
    changes: Changes,
    known_teams: Sequence[str],
) -> User:
    """The account afterwards. It holds for sessions and tokens from the end of the transaction on.

    Raises NotFound, Unprocessable, Conflict when admins change their own role or close their own account.
    """
    before = lock_account(connection, person)
    if changes.name is not None:
        set_name(connection, person, changes.name)
    if changes.role is not None and changes.role != before.role:
        require_other_account(before, admin)
        set_role(connection, person, changes.role)
    if changes.teams is not None:
        require_teams(changes.teams, known_teams)
        set_teams(connection, person, changes.teams)
    after = find_user_by_id(connection, person)
    record_account_change(connection, Author(admin.id, ip), before, after)
    if changes.active is None or changes.active == (before.disabled_at is None):
        return after
    act = open_account if changes.active else close_account
    act(connection, person, admin, ip)
    return find_user_by_id(connection, person)
