"""Why a ticket is where it is, in sentences: from the explanation that the rules give."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.conditions import OPERATORS
from shared.conditions.operators.equality import words_for

Document = Mapping[str, Any]
Names = Callable[[str], str]


@dataclass(frozen=True)
class Reason:
    """One thing decided: `what` it is, the value, the rule that said so (None: none did), and its tests in words."""

    what: str
    value: str
    rule: str | None
    because: Sequence[str]


@dataclass(frozen=True)
class NearMiss:
    """A rule that came close, and the test that failed or the rule that stands above it."""

    rule: str
    failed: str


@dataclass(frozen=True)
class Why:
    """The whole explanation."""

    ruleset: int
    reasons: Sequence[Reason]
    near_misses: Sequence[NearMiss]


# Beyond these the list is no help; the API has them all.
_NEAR = 5


def why(explanation: Document, team_title: Names) -> Why:
    """The explanation in words. Priority, time and hold are left out where they are what every ticket has."""
    decided = explanation["decided"]
    reasons = [_reason("Team", team_title(str(decided["team"]["value"])), decided["team"])]
    reasons.append(_reason("Priority", str(decided["priority"]["value"]), decided["priority"]))
    if decided["respond_within"]["value"]:
        reasons.append(_reason("Answer within", str(decided["respond_within"]["value"]), decided["respond_within"]))
    if explanation["held"]:
        reasons.append(_reason("Held for", str(decided["hold"]["value"]), decided["hold"]))
    told = {reason.rule for reason in reasons}
    for rule, tests in decided["tags"]["because"].items():
        because = [] if rule in told else [in_words(one) for one in tests]
        reasons.append(Reason("Tags", ", ".join(decided["tags"]["value"]), rule, because))
    misses = [NearMiss(one["rule"], _outranked(one)) for one in explanation["outranked"]]
    misses += [
        NearMiss(one["rule"], _missed(one)) for one in explanation["not_matched"] if one.get("held_before", 0) > 0
    ]
    return Why(explanation["ruleset"], reasons, misses[:_NEAR])


def _reason(what: str, value: str, said: Document) -> Reason:
    return Reason(what, value, said["rule"], [in_words(one) for one in said["because"]])


_FACETS = {"team": "the team", "priority": "the priority", "respond_within": "the time to answer", "hold": "the hold"}


def _outranked(entry: Document) -> str:
    return f"{entry['by']} above it decides {_FACETS[entry['facet']]} (it says {entry['value']})"


def _missed(entry: Document) -> str:
    words = in_words(entry["failed"])
    if entry.get("inside") == "none":
        words = f"must not hold: {words}"
    if "value" in entry:
        met = entry["value"]
        words += " (it has none)" if met in (None, [], "") else f" (it is {words_for(met)})"
    return words


_FIELDS = {
    "category": "the topic",
    "locale": "the language",
    "country": "the country",
    "platform": "the platform",
    "email_domain": "the mail domain",
    "subject": "the subject",
    "message": "the message",
    "text": "subject or message",
    "attachment.count": "the number of files",
    "attachment.type": "a file’s type",
    "missing_evidence": "evidence that is missing",
    "previous_tickets": "earlier notes",
    "weekday": "the weekday",
    "hour": "the hour",
}


def in_words(test: Document) -> str:
    """One test of the rule language, or a reason without a test, as a phrase."""
    if "default" in test:
        return "no rule says otherwise"
    if "field" not in test:
        return _special(test)
    name = str(test["field"])
    if name == "missing_evidence" and "exists" in test:
        return "evidence is missing" if test["exists"] else "no evidence is missing"
    field = _FIELDS.get(name) or name.removeprefix("details.").replace("_", " ")
    if name == "previous_tickets":
        field += f" in {test.get('days', 90)} days" + (" on this topic" if test.get("same_path") else "")
    for operator in OPERATORS.values():
        if operator.name in test:
            return operator.wording(field, test[operator.name])
    return field


def _special(test: Document) -> str:
    for group, joint in (("all", " and "), ("any", " or ")):
        if group in test:
            return joint.join(in_words(one) for one in test[group])
    if "none" in test:
        return "not (" + " or ".join(in_words(one) for one in test["none"]) + ")"
    if "team" in test:
        return f"the time of the team {test['team']}"
    return str(dict(test))
