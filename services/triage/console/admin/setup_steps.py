"""What an admin of a new system has to see to, and what of it is done."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from shared.auth.principal import ALL_TEAMS
from shared.auth.users import list_users

# Each looks at one row, or at the newest lines: a mail that went out once tells less than one that did lately.
_TRIED = text("select exists (select from triage.tickets)")
_MAILED = text("""
    select exists (select from (select kind, facts from triage.timeline order by id desc limit 1000) newest
                   where kind = 'email' and facts ->> 'state' = 'sent')
""")
# Who changed the rules has looked at them; who finds them right says so.
_RULED = text("""
    select exists (select from triage.ruleset_changes where by <> 'system') or exists (select from triage.seen_to where step = 'rules')
""")
_SEEN = text("insert into triage.seen_to (step, by) values ('rules', :by) on conflict do nothing")


@dataclass(frozen=True)
class Step:
    """One thing to see to."""

    name: str
    done: bool
    detail: str


def steps(connection: Connection, teams: Sequence[str]) -> list[Step]:
    """The steps in the order in which they make sense."""
    people = [user for user in list_users(connection) if not user.disabled_at]
    served = {team for user in people for team in user.teams}
    alone = [] if ALL_TEAMS in served else [team for team in teams if team not in served]
    return [
        Step("teams", True, ", ".join(teams)),
        Step("people", not alone, ", ".join(alone)),
        Step("rules", bool(connection.execute(_RULED).scalar_one()), ""),
        Step("form", is_tried(connection), ""),
        Step("mail", bool(connection.execute(_MAILED).scalar_one()), ""),
    ]


def rules_seen(connection: Connection, by: str) -> None:
    """Somebody has looked at the rules and finds them right."""
    connection.execute(_SEEN, {"by": by})


def is_tried(connection: Connection) -> bool:
    """Whether a note has ever come."""
    return bool(connection.execute(_TRIED).scalar_one())
