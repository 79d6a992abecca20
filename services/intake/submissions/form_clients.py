"""Tokens for servers that post for many people: each has a limit of its own. Only their hashes are stored."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

from services.intake.submissions.submission import Client
from shared.errors import Conflict, NotFound, Unauthenticated
from shared.storage.database import autocommit

# Identifies it to secret scanners and people.
PREFIX = "vif_"


@dataclass(frozen=True)
class FormClient:
    """A token, without its secret."""

    name: str
    per_minute: int
    made_at: datetime
    revoked_at: datetime | None


_ADD = text("""
    insert into intake.form_tokens (id, name, digest, per_minute) values (:id, :name, :digest, :per_minute)
    on conflict (name) do nothing
""")
_FIND = text("select name, per_minute from intake.form_tokens where digest = :digest and revoked_at is null")
_LIST = text("select name, per_minute, made_at, revoked_at from intake.form_tokens order by name")
_REVOKE = text("update intake.form_tokens set revoked_at = coalesce(revoked_at, clock_timestamp()) where name = :name")


def add_client(engine: Engine, name: str, per_minute: int) -> str:
    """A new token for `name`, which is never shown again. Raises Conflict when the name is in use."""
    token = PREFIX + secrets.token_urlsafe(32)
    with engine.begin() as connection:
        row = {"id": uuid7(), "name": name, "digest": _digest(token), "per_minute": per_minute}
        if connection.execute(_ADD, row).rowcount == 0:
            raise Conflict(f"There is a form called {name} already.")
    return token


def find_client(engine: Engine, token: str) -> Client:
    """Whose token it is. Raises Unauthenticated."""
    with autocommit(engine) as connection:
        row = connection.execute(_FIND, {"digest": _digest(token)}).one_or_none()
    if row is None:
        raise Unauthenticated("This is not the token of a form.")
    return Client(row.name, row.per_minute)


def list_clients(engine: Engine) -> Sequence[FormClient]:
    """All of them, by name."""
    with engine.connect() as connection:
        return [FormClient(*row) for row in connection.execute(_LIST)]


def revoke_client(engine: Engine, name: str) -> None:
    """Revoke a token. Raises NotFound."""
    with engine.begin() as connection:
        if connection.execute(_REVOKE, {"name": name}).rowcount == 0:
            raise NotFound(f"There is no form called {name}.")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
