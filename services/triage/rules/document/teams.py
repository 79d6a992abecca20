"""Reads a ruleset's `teams`: within what time each answers, and by which calendar."""

import re
from collections.abc import Mapping
from datetime import time
from functools import lru_cache
from zoneinfo import available_timezones

import holidays

from services.triage.rules.document.effects import read_duration
from services.triage.rules.document.model import Calendar, TeamTerms
from shared.conditions import Vocabulary
from shared.conditions.fields import WEEKDAYS
from shared.validation import Location

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00", re.ASCII)
_MIDNIGHT = time(0)
# A week with less than this would send a year's deadline beyond any calendar.
_MIN_WEEK_MINUTES = 60


def known_timezone(name: object) -> bool:
    """Whether the name is one of the IANA time zone database."""
    return isinstance(name, str) and name in _timezones()


@lru_cache(maxsize=1)
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=1)
def _holiday_countries() -> Mapping[str, frozenset[str]]:
    return {country: frozenset(parts) for country, parts in holidays.list_supported_countries().items()}


def read_teams(document: object, timezone: str, vocabulary: Vocabulary, at: Location) -> Mapping[str, TeamTerms]:
    """The terms of each team named; errors are reported at the location. A team left out has no deadline."""
    teams = at.mapping(document, None)
    if teams is None:
        return {}
    read: dict[str, TeamTerms] = {}
    for name, terms in teams.items():
        if name not in vocabulary.teams:
            at.key(name).report("unknown team")
        else:
            read[name] = _terms(terms, timezone, at.key(name))
    return read


def _terms(document: object, timezone: str, at: Location) -> TeamTerms:
    terms = at.mapping(document, ("respond_within", "calendar"))
    if terms is None:
        return TeamTerms()
    within = read_duration(terms["respond_within"], at.key("respond_within")) if "respond_within" in terms else None
    calendar = _calendar(terms["calendar"], timezone, at.key("calendar")) if "calendar" in terms else None
    return TeamTerms(within, calendar)


def _calendar(document: object, timezone: str, at: Location) -> Calendar | None:
    calendar = at.mapping(document, ("timezone", "hours", "holidays"), required=("hours",))
    if calendar is None:
        return None
    zone = calendar.get("timezone", timezone)
    if not known_timezone(zone):
        at.key("timezone").report("unknown time zone; write it like Europe/Stockholm")
    named = calendar.get("holidays")
    if "holidays" in calendar and not _known_holidays(named):
        at.key("holidays").report(
            "a country with known holidays is needed here, such as SE, or a part of one, such as DE-BY"
        )
    hours = _hours(calendar.get("hours", {}), at.key("hours")) if "hours" in calendar else {}
    return Calendar(str(zone), hours, str(named) if named else None)


def _known_holidays(name: object) -> bool:
    if not isinstance(name, str):
        return False
    country, _, part = name.partition("-")
    countries = _holiday_countries()
    return country in countries and (part in countries[country] if "-" in name else True)


def _hours(document: object, at: Location) -> Mapping[int, tuple[time, time]]:
    hours = at.mapping(document, WEEKDAYS)
    if hours is None:
        return {}
    read: dict[int, tuple[time, time]] = {}
    for name, span in hours.items():
        if name in WEEKDAYS and (known := _span(span, at.key(name))) is not None:
            read[WEEKDAYS.index(name)] = known
    if len(read) == len(hours) and sum(map(_minutes, read.values())) < _MIN_WEEK_MINUTES:
        at.report("the team works less than an hour a week: nothing would ever be answered in time")
    return read


def _span(value: object, at: Location) -> tuple[time, time] | None:
    if not isinstance(value, list) or len(value) != 2:
        at.report('an opening and a closing time are needed here, such as ["09:00", "17:00"]')
        return None
    start, end = map(_time, value)
    if start is None or end is None or value[0] == "24:00":
        at.report('times are written as "09:00"; a day ends at "24:00"')
        return None
    if _minutes((start, end)) <= 0 or (end == _MIDNIGHT and value[1] != "24:00"):
        at.report("closes before it opens")
        return None
    return start, end


def _time(value: object) -> time | None:
    if not isinstance(value, str) or _TIME.fullmatch(value) is None:
        return None
    return _MIDNIGHT if value == "24:00" else time.fromisoformat(value)


def _minutes(span: tuple[time, time]) -> int:
    start, end = span
    closing = 24 * 60 if end == _MIDNIGHT else end.hour * 60 + end.minute
    return closing - (start.hour * 60 + start.minute)
