"""The accounts of a local stack: an admin, and one agent a team, each with a password and a token."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from local.files import write_private

DOMAIN = "vidare.example"


@dataclass(frozen=True)
class Person:
    """Credentials for the console and the API."""

    email: str
    password: str
    token: str


@dataclass(frozen=True)
class People:
    admin: Person
    agents: dict[str, Person]  # by team


def ensure_people(file: Path, engine: Engine, teams: Sequence[str], with_agents: bool) -> People:
    """The accounts that `file` records for this database; missing ones are made and recorded."""
    with engine.begin() as connection:
        database = _identity(connection)
        known = _read(file, database)
        admin = known.get("admin") or _make(connection, "admin", "Admin", "admin", [])
        agents = {
            team: known.get(team) or _make(connection, team, f"{team.capitalize()} agent", "agent", [team])
            for team in (teams if with_agents else ())
        }
    everybody = {**known, "admin": admin, **agents}
    people = {name: asdict(person) for name, person in everybody.items()}
    write_private(file, json.dumps({"database": database, "people": people}, indent=1))
    return People(admin, agents)


def _identity(connection: Connection) -> str:
    """Differs between any two databases, so that a new one gets new accounts."""
    row = connection.execute(
        text(
            "select system_identifier::text || '/' || oid::text"
            " from pg_control_system(), pg_database where datname = current_database()"
        )
    )
    return str(row.scalar_one())


def _read(file: Path, database: str) -> dict[str, Person]:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    if kept["database"] != database:
        return {}
    return {name: Person(**person) for name, person in kept["people"].items()}


def _make(connection: Connection, account: str, name: str, role: str, teams: Sequence[str]) -> Person:
    from shared.auth import tokens, users

    email, password = f"{account}@{DOMAIN}", secrets.token_urlsafe(12)
    user = users.ensure_user(connection, email, name, role, teams)
    # Set separately: an account that exists, but is not recorded, gets this password.
    users.reset_password(connection, user, password)
    return Person(email, password, tokens.make_token(connection, user, "local stack"))
