"""Sessions of people at the console: kept by the server, known to the browser by a random name of which we keep a hash.

They end after an hour without use and after twelve in any case (OWASP ASVS 5.0, 7.3; NIST SP 800-63B-4, AAL2: one hour and
24), at sign-out, and when the account is disabled or its password reset. Live updates do not count as use.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.auth.principal import Principal
from shared.auth.tokens import hash_token

IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)

_FIND = text("""
    with found as (
        select s.hash, s.last_used_at, u.id, u.name, u.email, u.role,
               array(select team from auth.memberships m where m.user_id = u.id) as teams
        from auth.sessions s join auth.users u on u.id = s.user_id
        where s.hash = :hash and u.disabled_at is null
          and s.last_used_at > clock_timestamp() - :idle and s.created_at > clock_timestamp() - :longest
    ), used as (
        update auth.sessions set last_used_at = clock_timestamp() where hash in (
            select s.hash from auth.sessions s join found on found.hash = s.hash
            where :counts_as_use and found.last_used_at < clock_timestamp() - interval '1 minute'
            for update of s skip locked)
    )
    select id, name, email, role, teams from found
""")

_LIST = text("""
    select encode(hash, 'hex') as id, created_at, last_used_at, hash = :own as is_own from auth.sessions
    where user_id = :account and last_used_at > clock_timestamp() - :idle and created_at > clock_timestamp() - :longest
    order by last_used_at desc, hash
""")
_END = text("""
    delete from auth.sessions where user_id = :account and hash <> :own
      and (cast(:id as text) is null or encode(hash, 'hex') = :id) returning hash
""")
_LIMITS = {"idle": IDLE, "longest": LONGEST}


def start_session(connection: Connection, user_id: UUID, instead_of: str | None = None) -> str:
    """A new session's secret name; the one before in this browser ends (rotation), and so do sessions past their time."""
    name = secrets.token_urlsafe(32)
    if instead_of:
        end_session(connection, instead_of)
    connection.execute(
        text("insert into auth.sessions (hash, user_id) values (:hash, :user_id)"),
        {"hash": hash_token(name), "user_id": user_id},
    )
    connection.execute(
        text("""
            delete from auth.sessions where hash in (
                select hash from auth.sessions where created_at < clock_timestamp() - :longest
                limit 100 for update skip locked)
        """),
        {"longest": LONGEST},
    )
    return name


def find_session(connection: Connection, name: str, *, counts_as_use: bool = True) -> Principal | None:
    """The person signed in under this secret name; None when the session is over. Live updates do not count as use."""
    values = {"hash": hash_token(name), "counts_as_use": counts_as_use, **_LIMITS}
    row = connection.execute(_FIND, values).first()
    return None if row is None else Principal(row.id, row.name, row.email, row.role, frozenset(row.teams))


def list_sessions(connection: Connection, account: UUID, own: str) -> Sequence[Row[Any]]:
    """The account's sessions that are not over, the last used first; `own`: the secret name of the one that asks. An id opens nothing."""
    return connection.execute(_LIST, {"account": account, "own": hash_token(own), **_LIMITS}).all()


def end_other_sessions(connection: Connection, account: UUID, own: str, session: str | None = None) -> int:
    """End one of the account's other sessions by its id, or all of them. Returns how many there were."""
    return len(connection.execute(_END, {"account": account, "own": hash_token(own), "id": session}).all())


def end_session(connection: Connection, name: str) -> None:
    """Sign out. Does nothing when the session is over."""
    connection.execute(text("delete from auth.sessions where hash = :hash"), {"hash": hash_token(name)})
