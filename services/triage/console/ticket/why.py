"""The reasons for a ticket's route, as sentences made from the rules' explanation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.conditions import OPERATORS
from shared.conditions.operators.equality import words_for

Document = Mapping[str, Any]
Names = Callable[[str], str]


@dataclass(frozen=True)
class Reason:
    """One effect: `what` was decided, its value, the rule that set it (None: no rule), and the rule's tests in words.

    `now`: the present value where it is another; `set_by`: how it became that.
    """

    what: str
    value: str
    rule: str | None
    because: Sequence[str]
    now: str | None = None
    set_by: str = ""


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


def why(explanation: Document, team_title: Names, ticket: Document | None = None) -> Why:
    """The explanation as sentences, with what has changed since. A time to answer and a hold are left out if there is none.

    `ticket`: as read_ticket returns it; None for one that is only tried.
    """
    decided = explanation["decided"]
    ticket = ticket or _as_decided(explanation)
    reasons = [_team(decided["team"], team_title, ticket), _priority(decided["priority"], ticket)]
    if decided["respond_within"]["value"]:
        reasons.append(_reason("Answer within", str(decided["respond_within"]["value"]), decided["respond_within"]))
    if explanation["held"]:
        what = "Held for" if ticket["state"] == "held" else "At first held for"
        reasons.append(_reason(what, str(decided["hold"]["value"]), decided["hold"]))
    shown = {reason.rule for reason in reasons}
    tags = ", ".join(tag for tag in decided["tags"]["value"] if tag in ticket["tags"]) or "none of the rules’ any more"
    for rule, tests in decided["tags"]["because"].items():
        because = [] if rule in shown else [in_words(one) for one in tests]
        reasons.append(Reason("Tags", tags, rule, because))
    misses = [NearMiss(one["rule"], _outranked(one)) for one in explanation["outranked"]]
    misses += [
        NearMiss(one["rule"], _missed(one)) for one in explanation["not_matched"] if one.get("held_before", 0) > 0
    ]
    return Why(explanation["ruleset"], reasons, misses[:_MOST_NEAR_MISSES])


def _as_decided(explanation: Document) -> Document:
    decided = explanation["decided"]
    values = {name: decided[name]["value"] for name in ("team", "priority", "tags")}
    return {**values, "state": "held" if explanation["held"] else "open", "timeline": []}


def _reason(what: str, value: str, effect: Document) -> Reason:
    return Reason(what, value, effect["rule"], [in_words(one) for one in effect["because"]])


def _team(effect: Document, team_title: Names, ticket: Document) -> Reason:
    reason = _reason("Team", team_title(str(effect["value"])), effect)
    if ticket["team"] == effect["value"]:
        return reason
    moves = [line for line in ticket["timeline"] if line["kind"] == "transferred"]
    by = moves[-1]["by"] if moves else None
    return replace(reason, now=team_title(ticket["team"]), set_by=f"transferred by {by}" if by else "transferred")


def _priority(effect: Document, ticket: Document) -> Reason:
    reason = _reason("Priority", str(effect["value"]), effect)
    if ticket["priority"] == effect["value"]:
        return reason
    return replace(reason, now=ticket["priority"], set_by=_who_set_priority(ticket))


def _who_set_priority(ticket: Document) -> str:
    for line in reversed(ticket["timeline"]):
        facts = line["facts"]
        if line["kind"] == "changed" and "priority" in facts:
            return f"set by {line['by']}"
        if line["kind"] == "breached" and facts.get("to") != facts.get("from"):
            return "raised when the answer became overdue"
    return "changed since"


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
