"""Accounts of people and programs: making, listing, changing, disabling."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from uuid_utils.compat import uuid7

from shared.auth.passwords import hash_password
from shared.auth.principal import ALL_TEAMS, ROLES, Principal
from shared.errors import Conflict, NotFound, Unprocessable
from shared.events.contracts import person_disabled
from shared.events.log import record

_INSERT = text("""
    insert into auth.users (email, name, role, password_hash, password_set_at)
    values (:email, :name, :role, cast(:hash as text), case when cast(:hash as text) is not null then clock_timestamp() end)
    on conflict (lower(email)) do nothing returning id
""")

_LIST = """
    select u.id, u.email, u.name, u.role, u.created_at, u.disabled_at,
           array(select team from auth.memberships m where m.user_id = u.id order by team) as teams
    from auth.users u where not u.is_program {which} order by lower(u.email)
"""
_ALL, _BY_EMAIL, _BY_ID = (
    text(_LIST.format(which=which)) for which in ("", "and lower(u.email) = lower(:email)", "and u.id = :id")
)


@dataclass(frozen=True)
class User:
    """An account as lists show it."""

    id: UUID
    email: str
    name: str
    role: str
    teams: tuple[str, ...]
    created_at: datetime
    disabled_at: datetime | None

    @property
    def audited(self) -> dict[str, Any]:
        """What the audit log keeps of it: no name and no address."""
        return {"role": self.role, "teams": list(self.teams), "active": self.disabled_at is None}


def make_user(
    connection: Connection, email: str, name: str, role: str, teams: Sequence[str] = (), password: str | None = None
) -> UUID:
    """Make an account; without a password it can only use tokens.

    Raises Unprocessable for a wrong field and Conflict when the e-mail address has an account.
    """
    _check(email, name, role)
    hashed = hash_password(password) if password is not None else None
    made = connection.execute(_INSERT, {"email": email, "name": name, "role": role, "hash": hashed}).scalar()
    if made is None:
        raise Conflict(f"{email} has an account already.")
    set_teams(connection, made, teams)
    return UUID(str(made))


def ensure_user(
    connection: Connection, email: str, name: str, role: str, teams: Sequence[str] = (), password: str | None = None
) -> UUID:
    """The account's id, made if need be. An existing one is left as it is: its password may have been changed since."""
    try:
        with connection.begin_nested():
            return make_user(connection, email, name, role, teams, password)
    except Conflict:
        return find_user(connection, email).id


def list_users(connection: Connection) -> list[User]:
    """Every account, disabled ones too, by e-mail address; not those that were made for one token."""
    return [_of(row) for row in connection.execute(_ALL)]


def find_user(connection: Connection, email: str) -> User:
    """The account of this e-mail address, in whatever case. Raises NotFound."""
    row = connection.execute(_BY_EMAIL, {"email": email}).first()
    if row is None:
        raise NotFound(f"{email} has no account.")
    return _of(row)


def find_user_by_id(connection: Connection, user_id: UUID) -> User:
    """The account of this id, open or closed. Raises NotFound."""
    row = connection.execute(_BY_ID, {"id": user_id}).first()
    if row is None:
        raise NotFound("There is no such account.")
    return _of(row)


def leads_of(connection: Connection, team: str) -> list[User]:
    """The leads of a team whose accounts are open, by e-mail address."""
    return [
        user
        for user in list_users(connection)
        if user.role == "lead" and user.disabled_at is None and {team, ALL_TEAMS} & set(user.teams)
    ]


def find_principal_by_id(connection: Connection, user_id: UUID) -> Principal | None:
    """The person of this id with their permissions; None when there is none, or the account is closed."""
    row = connection.execute(
        text("""
            select u.id, u.name, u.email, u.role, u.is_program,
                   array(select team from auth.memberships m where m.user_id = u.id) as teams
            from auth.users u where u.id = :id and u.disabled_at is null
        """),
        {"id": user_id},
    ).first()
    if row is None:
        return None
    return Principal(row.id, row.name, row.email, row.role, frozenset(row.teams), is_program=row.is_program)


def set_teams(connection: Connection, user_id: UUID, teams: Iterable[str]) -> None:
    """Make these the teams that the account works for."""
    connection.execute(text("delete from auth.memberships where user_id = :id"), {"id": user_id})
    connection.execute(
        text("insert into auth.memberships (user_id, team) select :id, unnest(cast(:teams as text[]))"),
        {"id": user_id, "teams": sorted(set(teams))},
    )


def set_role(connection: Connection, user_id: UUID, role: str) -> None:
    """Give the account another role. Raises Unprocessable for one that does not exist."""
    if role not in ROLES:
        raise Unprocessable({"role": [f"One of {', '.join(ROLES)}."]})
    connection.execute(text("update auth.users set role = :role where id = :id"), {"id": user_id, "role": role})


def reset_password(connection: Connection, user_id: UUID, password: str) -> None:
    """Set another password and end every session, which someone with the old password may hold. Raises Unprocessable."""
    connection.execute(
        text("update auth.users set password_hash = :hash, password_set_at = clock_timestamp() where id = :id"),
        {"id": user_id, "hash": hash_password(password)},
    )
    connection.execute(text("delete from auth.sessions where user_id = :id"), {"id": user_id})


def disable(connection: Connection, user_id: UUID) -> None:
    """Close the account: its sessions and tokens end when this commits, its claims when triage handles the event.

    The row stays, since tickets name it.
    """
    record(connection, [person_disabled(str(uuid7()), {"person": str(user_id)})])
    connection.execute(
        text("update auth.users set disabled_at = coalesce(disabled_at, clock_timestamp()) where id = :id"),
        {"id": user_id},
    )
    connection.execute(text("delete from auth.sessions where user_id = :id"), {"id": user_id})
    connection.execute(
        text("update auth.tokens set revoked_at = clock_timestamp() where user_id = :id and revoked_at is null"),
        {"id": user_id},
    )


def enable(connection: Connection, user_id: UUID, password: str | None) -> None:
    """Open a closed account again, with another password (None: it can only use tokens); its former tokens stay revoked.

    Raises Conflict for one that is open, Unprocessable for the password.
    """
    opened = connection.execute(
        text("update auth.users set disabled_at = null where id = :id and disabled_at is not null returning id"),
        {"id": user_id},
    )
    if opened.first() is None:
        raise Conflict("This account is open.")
    if password is not None:
        reset_password(connection, user_id, password)


def set_name(connection: Connection, user_id: UUID, name: str) -> None:
    """Change the name that colleagues see; timelines keep the former one. Raises Unprocessable."""
    _reject({"name": _name_errors(name)})
    connection.execute(text("update auth.users set name = :name where id = :id"), {"id": user_id, "name": name})


def _name_errors(name: str) -> list[str]:
    return [] if 1 <= len(name.strip()) <= 100 and name.isprintable() else ["A name has 1 to 100 printable characters."]


def _reject(errors: dict[str, list[str]]) -> None:
    found = {field: messages for field, messages in errors.items() if messages}
    if found:
        raise Unprocessable(found)


def _check(email: str, name: str, role: str) -> None:
    errors: dict[str, list[str]] = {"name": _name_errors(name)}
    if not 3 <= len(email) <= 254 or "@" not in email.strip("@") or any(one.isspace() for one in email):
        errors["email"] = ["Not an e-mail address."]
    if role not in ROLES:
        errors["role"] = [f"One of {', '.join(ROLES)}."]
    _reject(errors)


def _of(row: object) -> User:
    values = row._mapping  # type: ignore[attr-defined]  # a SQLAlchemy row
    return User(**{**values, "teams": tuple(values["teams"])})
