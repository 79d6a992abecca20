"""The reasons for a ticket's route, as sentences made from the rules' explanation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.conditions import OPERATORS
from shared.conditions.operators.equality import words_for

Document = Mapping[str, Any]
Names = Callable[[str], str]


@dataclass(frozen=True)
class Reason:
    """One effect: `what` was decided, its value, the rule that set it (None: no rule), and the rule's tests in words."""

    what: str
    value: str
    rule: str | None
    because: Sequence[str]


@dataclass(frozen=True)
class NearMiss:
    """A rule that nearly decided, and the test that failed or the rule above it."""

    rule: str
    failed: str


@dataclass(frozen=True)
class Why:
    """The whole explanation."""

    ruleset: int
    reasons: Sequence[Reason]
    near_misses: Sequence[NearMiss]


# More would not help; the API has all of them.
_MOST_NEAR_MISSES = 5


def why(explanation: Document, team_title: Names) -> Why:
    """The explanation as sentences. A time to answer and a hold are left out if there is none."""
    decided = explanation["decided"]
    reasons = [_reason("Team", team_title(str(decided["team"]["value"])), decided["team"])]
    reasons.append(_reason("Priority", str(decided["priority"]["value"]), decided["priority"]))
    if decided["respond_within"]["value"]:
        reasons.append(_reason("Answer within", str(decided["respond_within"]["value"]), decided["respond_within"]))
    if explanation["held"]:
        reasons.append(_reason("Held for", str(decided["hold"]["value"]), decided["hold"]))
    shown = {reason.rule for reason in reasons}
    for rule, tests in decided["tags"]["because"].items():
        because = [] if rule in shown else [in_words(one) for one in tests]
        reasons.append(Reason("Tags", ", ".join(decided["tags"]["value"]), rule, because))
    misses = [NearMiss(one["rule"], _outranked(one)) for one in explanation["outranked"]]
    misses += [
        NearMiss(one["rule"], _missed(one)) for one in explanation["not_matched"] if one.get("held_before", 0) > 0
    ]
    return Why(explanation["ruleset"], reasons, misses[:_MOST_NEAR_MISSES])


def _reason(what: str, value: str, effect: Document) -> Reason:
    return Reason(what, value, effect["rule"], [in_words(one) for one in effect["because"]])


_FACETS = {"team": "the team", "priority": "the priority", "respond_within": "the time to answer", "hold": "the hold"}


def _outranked(entry: Document) -> str:
    return f"{entry['by']} above it decides {_FACETS[entry['facet']]} (this rule: {entry['value']})"


def _missed(entry: Document) -> str:
    words = in_words(entry["failed"])
    if entry.get("inside") == "none":
        words = f"must not hold: {words}"
    if "value" in entry:
        actual = entry["value"]
        words += " (it has none)" if actual in (None, [], "") else f" (it is {words_for(actual)})"
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
    "previous_tickets": "earlier tickets",
    "weekday": "the weekday",
    "hour": "the hour",
}


def in_words(test: Document) -> str:
    """One test of the rule language, or a reason without a test, in words."""
    if "default" in test:
        return "no rule sets it"
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
