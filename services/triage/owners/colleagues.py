"""Who can own tickets of a team."""

from collections.abc import Sequence

from sqlalchemy import Connection, Row, text

# A list to choose from; an address that it does not hold can be written too.
MOST_COLLEAGUES = 200

_COLLEAGUES = text("""
    select u.name, u.email from auth.users u
    where u.disabled_at is null and not u.is_program and u.role in ('agent', 'lead', 'admin')
      and exists (select from auth.memberships m where m.user_id = u.id and m.team = any(:teams))
    order by u.name, u.email limit :limit
""")


def colleagues(connection: Connection, teams: Sequence[str]) -> Sequence[Row[tuple[str, str]]]:
    """Name and address of the people of any of `teams` with an open account, by name."""
    return connection.execute(_COLLEAGUES, {"teams": list(teams), "limit": MOST_COLLEAGUES}).all()
