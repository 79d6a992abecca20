"""Change a person's name, role and teams."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from services.triage.people.account import find_account, require_other_account
from shared.auth.principal import Principal
from shared.auth.users import set_name, set_role, set_teams


def change_account(
    connection: Connection, person: UUID, admin: Principal, name: str | None, role: str | None, teams: Sequence[str]
) -> None:
    """Set name and role (None: as they are) and the teams.

    Raises NotFound, Unprocessable, Conflict when an admin changes their own role.
    """
    found = find_account(connection, person)
    if role is not None and role != found.role:
        require_other_account(found, admin)
    set_name(connection, person, found.name if name is None else name)
    set_role(connection, person, found.role if role is None else role)
    set_teams(connection, person, teams)
