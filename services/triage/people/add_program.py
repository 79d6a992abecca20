"""Make a token for a program, with an account of its own, with which nobody can sign in."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, text
from uuid_utils.compat import uuid7

from services.triage.people.account import require_teams
from shared.audit.record import Author, record_audit
from shared.auth.principal import Principal
from shared.auth.tokens import make_token, token_id
from shared.auth.users import make_user

_MARK = text("update auth.users set is_program = true where id = :id")


def add_program(
    connection: Connection,
    admin: Principal,
    ip: str | None,
    name: str,
    role: str,
    teams: Sequence[str],
    known_teams: Sequence[str],
) -> tuple[UUID, str]:
    """The id of a new token, and the token itself, which is not stored. Raises Unprocessable."""
    require_teams(teams, known_teams)
    email = f"{uuid7()}@program.invalid"
    account = make_user(connection, email, name, role, teams)
    connection.execute(_MARK, {"id": account})
    secret = make_token(connection, account, name)
    token = token_id(connection, secret)
    after = {"account": str(account), "role": role, "teams": sorted(set(teams))}
    record_audit(connection, Author(admin.id, ip), "token.created", f"token/{token}", after=after)
    return token, secret
