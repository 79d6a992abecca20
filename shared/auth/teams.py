"""The community teams: those of `VIDARE_TEAMS`, and those that were added while the system runs."""

import re
from collections.abc import Sequence
from typing import Any

from psycopg.errors import InvalidSchemaName, UndefinedTable
from sqlalchemy import Connection, Engine, Row, text
from sqlalchemy.exc import ProgrammingError

from shared.errors import Conflict, Unprocessable
from shared.storage.database import autocommit

# It is part of a queue's name and of paths.
NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
TITLE_LENGTH = 100
# Seconds between two looks for teams. A new one has its queue within 10 s: both the relay and the worker look.
LOOK_EVERY = 5.0

_ENSURE = text("""
    insert into auth.teams (name, title)
    select name, title from unnest(cast(:names as text[]), cast(:titles as text[])) as team (name, title)
    on conflict (name) do nothing
""")
_INSERT = text("""
    insert into auth.teams (name, title) values (:name, :title) on conflict (name) do nothing returning name
""")
_LIST = text("select name, title, active from auth.teams order by created_at, name")
_ACTIVE = text("select name from auth.teams where active order by created_at, name")


def ensure_teams(connection: Connection, names: Sequence[str]) -> None:
    """Add those of the teams that are missing. Those that are there keep their title and state.

    Names are those of the settings, which may begin with a digit.
    """
    titles = [name.replace("-", " ").capitalize() for name in names]
    connection.execute(_ENSURE, {"names": list(names), "titles": titles})


def add_team(connection: Connection, name: str, title: str) -> None:
    """Add an active team; it has its queue within 10 s of the commit.

    Raises Unprocessable for a wrong field, and Conflict when there is a team of this name.
    """
    errors: dict[str, list[str]] = {}
    if not NAME.fullmatch(name):
        errors["name"] = ["At most 31 of a to z, 0 to 9 and hyphens, beginning with one of a to z."]
    title = title.strip()
    if not title or len(title) > TITLE_LENGTH or not title.isprintable():
        errors["title"] = [f"Between 1 and {TITLE_LENGTH} characters on one line."]
    if errors:
        raise Unprocessable(errors)
    if connection.execute(_INSERT, {"name": name, "title": title}).first() is None:
        raise Conflict(f"There is a team {name} already.")


def active_teams(connection: Connection) -> tuple[str, ...]:
    """The names of the active teams in the table, the oldest first."""
    return tuple(connection.execute(_ACTIVE).scalars())


def list_teams(connection: Connection) -> Sequence[Row[Any]]:
    """Each team's name and title, and whether it is active; the oldest first."""
    return connection.execute(_LIST).all()


def known_teams(engine: Engine, configured: Sequence[str]) -> tuple[str, ...]:
    """The settings' teams, and then the table's other active ones. A database before the table's migration has none.

    Raises SQLAlchemyError while PostgreSQL does not answer.
    """
    try:
        with autocommit(engine) as connection:
            added = active_teams(connection)
    except ProgrammingError as error:
        if not isinstance(error.orig, UndefinedTable | InvalidSchemaName):
            raise
        added = ()
    return tuple(dict.fromkeys((*configured, *added)))
