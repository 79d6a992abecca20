"""The first steps of an admin in a new system, and which of them are done."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from shared.auth.principal import ALL_TEAMS
from shared.auth.users import list_users

_HAS_TICKET = text("select exists (select from triage.tickets)")
# Among the newest lines only: what matters is whether e-mail works now.
_HAS_SENT_EMAIL = text("""
    select exists (select from (select kind, facts from triage.timeline order by id desc limit 1000) newest
                   where kind = 'email' and facts ->> 'state' = 'sent')
""")
_HAS_CHECKED_RULES = text("""
    select exists (select from triage.ruleset_changes where by <> 'system') or exists (select from triage.seen_to where step = 'rules')
""")
_ACCEPT_RULES = text("insert into triage.seen_to (step, by) values ('rules', :by) on conflict do nothing")


@dataclass(frozen=True)
class FirstStep:
    """`name`: teams, people, rules, form or mail; `detail`: the teams that the step is about, if any."""

    name: str
    done: bool
    detail: str


def first_steps(connection: Connection, teams: Sequence[str]) -> list[FirstStep]:
    """The steps in the order in which an admin takes them."""
    people = [user for user in list_users(connection) if not user.disabled_at]
    staffed = {team for user in people for team in user.teams}
    empty = [] if ALL_TEAMS in staffed else [team for team in teams if team not in staffed]
    return [
        FirstStep("teams", True, ", ".join(teams)),
        FirstStep("people", not empty, ", ".join(empty)),
        FirstStep("rules", bool(connection.execute(_HAS_CHECKED_RULES).scalar_one()), ""),
        FirstStep("form", has_tickets(connection), ""),
        FirstStep("mail", bool(connection.execute(_HAS_SENT_EMAIL).scalar_one()), ""),
    ]


def accept_rules(connection: Connection, by: str) -> None:
    """Record that an admin has read the rules and keeps them as they are."""
    connection.execute(_ACCEPT_RULES, {"by": by})


def has_tickets(connection: Connection) -> bool:
    return bool(connection.execute(_HAS_TICKET).scalar_one())
