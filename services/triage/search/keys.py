"""The keys of a search: which values each has, and how it is explained. A new key is a row here and a condition in `conditions`."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import get_args

from services.triage.lists.filters import STATES
from services.triage.search.query import Name
from shared.mail.addresses import in_ascii

# The most urgent first.
PRIORITIES = ("urgent", "high", "normal", "low")
_LANGUAGE = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{1,8})*", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")
_PATH = re.compile(r"[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*", re.ASCII)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*", re.ASCII)


@dataclass(frozen=True)
class Known:
    """What the system knows. `teams`, `categories`: their names and paths; None: any that has the form of one."""

    teams: Collection[str] | None = None
    categories: Collection[str] | None = None


@dataclass(frozen=True)
class KeyKind:
    """`read`: the value as it is compared, None for a bad one; `values`: how the good ones are told; `example`, `finds`: for the
    explanation."""

    read: Callable[[str, Known], str | None]
    values: str
    example: str
    finds: str


def _one_of(*values: str) -> Callable[[str, Known], str | None]:
    return lambda value, _: value.lower() if value.lower() in values else None


def _tag(value: str, _: Known) -> str | None:
    return value if value.isprintable() else None


def _team(value: str, known: Known) -> str | None:
    team = value.lower()
    is_known = _NAME.fullmatch(team) if known.teams is None else team in known.teams
    return team if is_known else None


def _category(value: str, known: Known) -> str | None:
    path = value.lower().strip("/")
    if known.categories is None:
        return path if _PATH.fullmatch(path) else None
    return path if any(one == path or one.startswith(f"{path}/") for one in known.categories) else None


def _address(value: str, _: Known) -> str | None:
    return in_ascii(value).lower() if _ADDRESS.fullmatch(value) and value.isprintable() else None


def _owner(value: str, _: Known) -> str | None:
    owner = value.lower()
    if owner in ("me", "nobody", "none"):
        return "nobody" if owner == "none" else owner
    return owner if owner.isprintable() and not any(map(str.isspace, owner)) else None


def _language(value: str, _: Known) -> str | None:
    language = value.lower()
    return language.replace("_", "-") if _LANGUAGE.fullmatch(language) else None


def _day(value: str, _: Known) -> str | None:
    try:
        return date.fromisoformat(value).isoformat() if _DAY.fullmatch(value) else None
    except ValueError:
        return None


def _either(*values: str) -> str:
    return f"{', '.join(values[:-1])} or {values[-1]}"


KINDS: Mapping[Name, KeyKind] = {
    "tag": KeyKind(_tag, "a tag", "tag:vip", "tickets with this tag"),
    "priority": KeyKind(_one_of(*PRIORITIES), _either(*PRIORITIES), "priority:high", "tickets of this priority"),
    "state": KeyKind(_one_of(*STATES), _either(*STATES), "state:open", "tickets in this state"),
    "team": KeyKind(_team, "a team", "team:ads", "tickets of this team"),
    "category": KeyKind(
        _category, "a category’s path", "category:ads/disapproved", "tickets of this category and those below it"
    ),
    "from": KeyKind(_address, "a whole e-mail address", "from:anna@example.org", "tickets of this requester"),
    "owner": KeyKind(
        _owner, "me, nobody, or a colleague’s address or the part before its @", "owner:me", "tickets that you own"
    ),
    "has": KeyKind(_one_of("attachment"), "attachment", "has:attachment", "tickets with a file"),
    "lang": KeyKind(_language, "a language code such as sv", "lang:sv", "tickets in this language"),
    "before": KeyKind(_day, "a day such as 2026-11-01", "before:2026-11-01", "tickets from before this day (UTC)"),
    "after": KeyKind(_day, "a day such as 2026-10-01", "after:2026-10-01", "tickets from this day on (UTC)"),
    "is": KeyKind(_one_of("breached"), "breached", "is:breached", "tickets whose answer is overdue"),
}
NAMES: Collection[str] = get_args(Name)
