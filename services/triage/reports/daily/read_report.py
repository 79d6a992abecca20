"""Reads a daily report for a person, with the period before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from services.triage.reports.daily.period import Period, period
from services.triage.reports.daily.report import BYS, By, Figures, Query, Report
from services.triage.rules.engine.compile import CompiledRuleset
from services.triage.tickets.teams import require_team
from shared.auth.principal import Principal
from shared.errors import Forbidden, Unprocessable

NO_AGENTS = "The figures of agents are for the leads of their team."

# A year of waiting times is sorted: in memory that takes a third of the time. For this transaction only.
_MEMORY = text("select set_config('work_mem', '64MB', true)")
_TODAY = text("select (clock_timestamp() at time zone :timezone)::date")
_AGENT = text("select id from auth.users where lower(email) = lower(:email)")
_NAMES = text("select id, email, name from auth.users where id = any(cast(:ids as uuid[]))")


@dataclass(frozen=True)
class Asked:
    """What a person asks for, before it is checked; None: the default, or all."""

    first: date | None = None
    last: date | None = None
    by: By = "team"
    team: str | None = None
    category: str | None = None
    rule: str | None = None
    agent: str | None = None


@dataclass(frozen=True)
class Answer:
    """A report as it was read. `items`: figures with `key`, the greatest first; `days`: with `day`, every day of the period.

    `previous`: the period before, `previous_items`: its figures by key.
    """

    report: Report
    query: Query
    items: Sequence[Figures]
    total: Figures
    days: Sequence[Figures]
    previous: Figures
    previous_items: Mapping[str | None, Figures]


def today(connection: Connection, ruleset: CompiledRuleset, team: str | None = None) -> date:
    """The date by PostgreSQL's clock, in the team's time zone."""
    day: date = connection.execute(_TODAY, {"timezone": ruleset.document.timezone_of(team)}).scalar_one()
    return day


def make_query(
    connection: Connection, who: Principal, teams: tuple[str, ...], ruleset: CompiledRuleset, asked: Asked
) -> Query:
    """Check what is asked for. Raises NotFound for an unknown team, Forbidden for another's or for agents' figures, Unprocessable."""
    broken = [name for name in ("category", "rule", "agent") if "\x00" in (getattr(asked, name) or "")]
    if broken:
        raise Unprocessable({name: ["Must be text without control characters."] for name in broken})
    readable = readable_teams(who, teams, of_agents=asked.by == "agent" or asked.agent is not None)
    if asked.team is not None:
        require_team(asked.team, teams)
        if asked.team not in readable:
            raise Forbidden("This belongs to another team.")
    now = today(connection, ruleset, asked.team)
    return Query(
        period=period(now, asked.first, asked.last),
        by=asked.by,
        teams=readable if asked.team is None else (asked.team,),
        today=now,
        timezone=ruleset.document.timezone_of(asked.team),
        category=asked.category,
        rule=asked.rule,
        agent=None if asked.agent is None else _account(connection, asked.agent),
    )


def readable_teams(who: Principal, teams: tuple[str, ...], *, of_agents: bool = False) -> tuple[str, ...]:
    """The teams whose figures this person may read: leads read those of all teams, but of agents only their own team's.

    Raises Forbidden for agents' figures without the permission.
    """
    if of_agents:
        if not who.may("agent-reports.read"):
            raise Forbidden(NO_AGENTS)
        return who.readable(teams)
    return teams if who.may("reports.read") else who.readable(teams)


def offered_groupings(who: Principal) -> tuple[By, ...]:
    """How this person may group a report."""
    return BYS if who.may("agent-reports.read") else BYS[:-1]


def read_report(connection: Connection, report: Report, query: Query) -> Answer:
    """The figures of the period, and of the one before, in the caller's transaction. Raises what the report raises."""
    connection.execute(_MEMORY)
    found = report.read(connection, query)
    before = _before(connection, report, query)
    names = _names(connection, found.by_key) if query.by == "agent" else {}
    items = [{**_named(key, query.by, names), **figures} for key, figures in found.by_key.items()]
    items.sort(key=lambda item: (-(item[report.main.name] or 0), item["key"] is None, str(item["key"])))
    days = [
        {"day": day, **report.nothing, **found.by_day.get(day, {})} for day in query.period.days if day <= query.today
    ]
    previous_items = {_named(key, query.by, names)["key"]: figures for key, figures in before[1].items()}
    return Answer(report, query, items, _whole(report, found.total), days, before[0], previous_items)


def _before(connection: Connection, report: Report, query: Query) -> tuple[Figures, Mapping[str | None, Figures]]:
    period_before: Period = query.period.before
    try:
        found = report.read(connection, replace(query, period=period_before, with_days=False))
    except Unprocessable:  # what is only known now
        return report.nothing, {}
    return _whole(report, found.total), found.by_key


def _whole(report: Report, figures: Figures) -> dict[str, Any]:
    return {**report.nothing, **{name: value for name, value in figures.items() if value is not None}}


def _account(connection: Connection, email: str) -> str:
    found = connection.execute(_AGENT, {"email": email}).scalar_one_or_none()
    if found is None:
        raise Unprocessable({"agent": ["No account has this address."]})
    return str(found)


def _names(connection: Connection, keys: Mapping[str | None, Figures]) -> dict[str, tuple[str, str]]:
    ids = [key for key in keys if key is not None]
    return {str(row.id): (row.email, row.name) for row in connection.execute(_NAMES, {"ids": ids})}


def _named(key: str | None, by: By, names: Mapping[str, tuple[str, str]]) -> dict[str, str | None]:
    if by != "agent":
        return {"key": key}
    email, name = names.get(key or "", (key, None))
    return {"key": email, "name": name}
