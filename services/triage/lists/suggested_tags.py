"""Values of a search's keys that occur: the tags of recent tickets."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

# Of the newest tickets, since reading the tags of all would cost too much.
_TAGS = text("""
    select tag from (
        select t.tags from (select ticket from triage.search order by sequence desc limit 1000) newest
        join triage.tickets t on t.reference = newest.ticket where t.team = any(:teams)) recent, unnest(recent.tags) as tag
    where starts_with(lower(tag), :beginning) group by tag order by count(*) desc, tag limit :limit
""")


def suggested_tags(connection: Connection, teams: Sequence[str], beginning: str, limit: int) -> list[str]:
    """Tags of recent tickets of these teams that begin so, the most frequent first."""
    return list(connection.execute(_TAGS, {"teams": list(teams), "beginning": beginning, "limit": limit}).scalars())
