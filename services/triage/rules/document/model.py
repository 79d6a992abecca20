"""A ruleset that was read: frozen, so that workers may share it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Literal, NamedTuple

from shared.conditions import Condition

Priority = Literal["low", "normal", "high", "urgent"]
PRIORITIES: tuple[Priority, ...] = ("low", "normal", "high", "urgent")
DEFAULT_PRIORITY: Priority = "normal"
LANGUAGE = 1


class Effects(NamedTuple):
    """What a rule sets; None where it sets nothing."""

    team: str | None = None
    priority: Priority | None = None
    tags: tuple[str, ...] = ()
    respond_within: str | None = None
    hold: Literal["evidence"] | None = None

    def as_document(self) -> dict[str, object]:
        """The effects as they are written in a document."""
        written = {name: value for name, value in self._asdict().items() if value}
        return {**written, "tags": list(self.tags)} if self.tags else written


@dataclass(frozen=True)
class Rule:
    """One rule; without `when` it always matches."""

    id: str
    when: Condition | None
    then: Effects


@dataclass(frozen=True)
class Calendar:
    """When a team works: opening and closing by weekday (mon = 0), in a time zone, holidays off.

    Closing time 00:00 stands for midnight at the day's end. `holidays` is a country, or country and part (DE-BY).
    """

    timezone: str
    hours: Mapping[int, tuple[time, time]]
    holidays: str | None = None


@dataclass(frozen=True)
class TeamTerms:
    """Within what time a team answers; without a calendar its clock never stops."""

    respond_within: str | None = None
    calendar: Calendar | None = None


@dataclass(frozen=True)
class RulesetDocument:
    """A whole ruleset. `source` is the document as JSON gave it."""

    language: int
    timezone: str
    teams: Mapping[str, TeamTerms]
    default_teams: Mapping[str, str]
    rules: tuple[Rule, ...]
    source: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)

    def timezone_of(self, team: str | None) -> str:
        """The name of the time zone of the team's calendar, else the ruleset's."""
        terms = self.teams.get(team) if team else None
        return terms.calendar.timezone if terms and terms.calendar else self.timezone
