"""Bearer tokens: `vid_` and 256 random bits, of which only the SHA-256 is kept."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from shared.auth.principal import Principal
from shared.auth.users import disable
from shared.errors import Conflict, NotFound, Unprocessable

PREFIX = "vid_"

# One statement a request; the time of use is written at most once a minute, and skipped where the row is locked.
_FIND = text("""
    with found as (
        select t.id as token, t.scopes, t.last_used_at, u.id, u.name, u.email, u.role, u.is_program,
               array(select team from auth.memberships m where m.user_id = u.id) as teams
        from auth.tokens t join auth.users u on u.id = t.user_id
        where t.hash = :hash and t.revoked_at is null and u.disabled_at is null
          and (t.expires_at is null or t.expires_at > clock_timestamp())
    ), used as (
        update auth.tokens set last_used_at = clock_timestamp() where id in (
            select t.id from auth.tokens t join found on found.token = t.id
            where coalesce(found.last_used_at, '-infinity') < clock_timestamp() - interval '1 minute'
            for update of t skip locked)
    )
    select id, name, email, role, is_program, teams, scopes from found
""")

_INSERT = text("""
    insert into auth.tokens (user_id, name, hash, scopes, expires_at)
    values (:user_id, :name, :hash, cast(:scopes as text[]),
            clock_timestamp() + make_interval(days => cast(:days as integer)))
    on conflict (hash) do nothing
""")

_ID = text("select id from auth.tokens where hash = :hash")
_OWNER = text("""
    select u.id, u.is_program from auth.tokens t join auth.users u on u.id = t.user_id where t.id = :token
""")

_LIST = text("""
    select t.id, u.email, t.name, t.scopes, t.created_at, t.expires_at, t.last_used_at, t.revoked_at
    from auth.tokens t join auth.users u on u.id = t.user_id order by lower(u.email), t.created_at, t.id
""")


@dataclass(frozen=True)
class Token:
    """A token as lists show it, without its secret, which is not stored."""

    id: UUID
    email: str
    name: str
    scopes: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


def make_token(
    connection: Connection, user_id: UUID, name: str, scopes: Sequence[str] | None = None, days: int | None = None
) -> str:
    """Make a token of this account and return its secret, which is not stored.

    `scopes` narrow it: `read` or `write` (which includes reading), and `team:<name>` for each team it is bound to; `days` is
    how long it lives (default: until revoked). Raises Unprocessable for another scope.
    """
    token = PREFIX + secrets.token_urlsafe(32)
    ensure_token(connection, user_id, name, token, scopes, days)
    return token


def ensure_token(
    connection: Connection,
    user_id: UUID,
    name: str,
    token: str,
    scopes: Sequence[str] | None = None,
    days: int | None = None,
) -> None:
    """Register a token that the caller made (32 random bytes or more). Does nothing if it is registered."""
    _check(name, scopes)
    values = {"user_id": user_id, "name": name, "hash": hash_token(token), "days": days}
    connection.execute(_INSERT, {**values, "scopes": None if scopes is None else sorted(set(scopes))})


def find_principal(connection: Connection, token: str) -> Principal | None:
    """The owner of this token; None for one that is unknown, revoked or expired, or whose owner's account is closed."""
    if not token.startswith(PREFIX):
        return None
    row = connection.execute(_FIND, {"hash": hash_token(token)}).first()
    if row is None:
        return None
    scopes = None if row.scopes is None else frozenset(row.scopes)
    return Principal(row.id, row.name, row.email, row.role, frozenset(row.teams), scopes, row.is_program)


def list_tokens(connection: Connection) -> list[Token]:
    """Every token, by its owner's address and its age."""
    rows = connection.execute(_LIST).mappings()
    return [Token(**{**row, "scopes": row["scopes"] and tuple(row["scopes"])}) for row in rows]


def revoke_token(connection: Connection, token_id: UUID) -> None:
    """End a token at once, and with it an account that was made for it. Raises NotFound, or Conflict when it was revoked before."""
    row = connection.execute(
        text("""
            with asked as (select id, revoked_at from auth.tokens where id = :id for update),
                 ended as (update auth.tokens t set revoked_at = clock_timestamp() from asked
                           where t.id = asked.id and asked.revoked_at is null)
            select revoked_at from asked
        """),
        {"id": token_id},
    ).first()
    if row is None:
        raise NotFound("There is no such token.")
    if row.revoked_at is not None:
        raise Conflict("The token was revoked before.")
    owner = connection.execute(_OWNER, {"token": token_id}).one()
    if owner.is_program:
        disable(connection, owner.id)


def token_id(connection: Connection, token: str) -> UUID:
    """The id of a token that was made."""
    return UUID(str(connection.execute(_ID, {"hash": hash_token(token)}).scalar_one()))


def hash_token(token: str) -> bytes:
    """The digest that is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def _check(name: str, scopes: Sequence[str] | None) -> None:
    errors: dict[str, list[str]] = {}
    if not 1 <= len(name.strip()) <= 100:
        errors["name"] = ["A name has 1 to 100 characters."]
    bad = [one for one in scopes or () if one not in ("read", "write") and not one.startswith("team:")]
    if bad or (scopes is not None and not scopes):
        errors["scopes"] = ["Each is read, write or team:<name>."]
    if errors:
        raise Unprocessable(errors)
