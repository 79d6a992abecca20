"""Reads a rule's `then`."""

from typing import cast

from services.triage.rules.document.durations import seconds_of
from services.triage.rules.document.model import PRIORITIES, Effects
from shared.conditions import Vocabulary
from shared.validation import Location

MAX_TAGS = 20
MAX_TAG = 64
_DURATION = "a length of time is needed here, such as 30m, 8h or 2d, at most 365d"


def read_effects(document: object, vocabulary: Vocabulary, at: Location) -> Effects | None:
    """What the rule sets; errors are reported at the location."""
    then = at.mapping(document, Effects._fields)
    if then is None:
        return None
    if not then:
        at.report(f"the rule sets nothing: one of {', '.join(Effects._fields)} is needed")
    team, priority, hold = then.get("team"), then.get("priority"), then.get("hold")
    if "team" in then and not (isinstance(team, str) and team in vocabulary.teams):
        at.key("team").report(f"unknown team {team[:60]!r}" if isinstance(team, str) else "a team is needed here")
    if "priority" in then and priority not in PRIORITIES:
        at.key("priority").report(f"one of {', '.join(PRIORITIES)} is needed here")
    if "hold" in then and hold != "evidence":
        at.key("hold").report("evidence is all that a ticket can be held for")
    within = read_duration(then["respond_within"], at.key("respond_within")) if "respond_within" in then else None
    tags = _tags(then["tags"], at.key("tags")) if "tags" in then else ()
    return Effects(
        team if isinstance(team, str) else None,
        priority if priority in PRIORITIES else None,
        tags,
        within,
        "evidence" if hold == "evidence" else None,
    )


def read_duration(value: object, at: Location) -> str | None:
    """The length of time as written, or None once an error was reported."""
    if seconds_of(value) is None:
        at.report(_DURATION)
        return None
    return cast(str, value)


def _tags(value: object, at: Location) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or len(value) > MAX_TAGS:
        at.report(f"a list of 1 to {MAX_TAGS} tags is needed here")
        return ()
    for number, tag in enumerate(value):
        if not _is_tag(tag):
            at.item(number).report(f"a tag is 1 to {MAX_TAG} printable characters, without blanks around it")
    return tuple(dict.fromkeys(tag for tag in value if isinstance(tag, str)))


def _is_tag(tag: object) -> bool:
    return isinstance(tag, str) and 1 <= len(tag) <= MAX_TAG and tag.isprintable() and tag == tag.strip()
