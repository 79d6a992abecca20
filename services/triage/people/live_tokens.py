"""The tokens that can be used."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

_LIVE = text("""
    select t.id, t.name, case when not u.is_program then u.email end as email, u.role,
           array(select team from auth.memberships m where m.user_id = u.id order by team) as teams,
           t.created_at, t.expires_at, t.last_used_at
    from auth.tokens t join auth.users u on u.id = t.user_id
    where t.revoked_at is null and u.disabled_at is null and coalesce(t.expires_at, 'infinity') > statement_timestamp()
    order by u.is_program, lower(u.email), t.created_at, t.id
""")


def live_tokens(connection: Connection) -> Sequence[Row[Any]]:
    """The tokens that can be used, by their owner's address and their age; `email` is null for a program's."""
    return connection.execute(_LIVE).all()
