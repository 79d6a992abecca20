"""The meaning of the rule language, implemented once more as plainly as possible: slow, and obviously right.

It reads documents as they are, knows no index and no compiled form, and shares no code with the engine.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def reference_decision(document: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the document decides."""
    facts = dict(facts)
    local = datetime.fromtimestamp(facts["submitted_at"], UTC).astimezone(ZoneInfo(document.get("timezone", "UTC")))
    facts["weekday"], facts["hour"] = DAYS[local.weekday()], local.hour
    result: dict[str, Any] = {"tags": [], "tag_rules": []}
    for rule in document["rules"]:
        if "when" in rule and not reference_matches(rule["when"], facts):
            continue
        for effect in ("team", "priority", "respond_within", "hold"):
            if effect in rule["then"] and effect not in result:
                result[effect], result[f"{effect}_rule"] = rule["then"][effect], rule["id"]
        if "tags" in rule["then"]:
            result["tag_rules"].append(rule["id"])
        for tag in rule["then"].get("tags", []):
            if tag not in result["tags"]:
                result["tags"].append(tag)
    result.setdefault("team", document["default_teams"][facts["category"].split("/")[0]])
    result.setdefault("priority", "normal")
    result.setdefault("respond_within", document.get("teams", {}).get(result["team"], {}).get("respond_within"))
    result["held"] = "hold" in result and bool(facts.get("missing_evidence"))
    return result


def reference_matches(condition: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether a condition holds."""
    if "all" in condition:
        return all(reference_matches(member, facts) for member in condition["all"])
    if "any" in condition:
        return any(reference_matches(member, facts) for member in condition["any"])
    if "none" in condition:
        return not any(reference_matches(member, facts) for member in condition["none"])
    values = values_of(condition, facts)
    if "exists" in condition:
        return condition["exists"] is bool(values)
    if "is_not" in condition:  # the operator that test_new_operator.py registers
        return not any(same(in_case(condition["field"], condition["is_not"]), value) for value in values)
    return any(one_holds(condition, value) for value in values)


def values_of(condition: Mapping[str, Any], facts: Mapping[str, Any]) -> list[Any]:
    """The values that a test looks at: none when the field is missing."""
    field = condition["field"]
    if field == "text":
        texts = [facts[name] for name in ("subject", "message") if facts.get(name)]
        return texts if "contains_any" in condition or not texts else ["\n".join(texts)]
    if field == "previous_tickets":
        earlier = facts["previous_tickets"]
        if "days" in condition:
            earlier = [ticket for ticket in earlier if ticket["age"] <= condition["days"] * 24 * 60 * 60]
        if condition.get("same_path"):
            earlier = [ticket for ticket in earlier if ticket["category"] == facts["category"]]
        return [len(earlier)]
    value = facts.get(field)
    if isinstance(value, list):
        return value
    return [] if value is None or value == "" else [value]


def one_holds(condition: Mapping[str, Any], value: Any) -> bool:
    """Whether one test holds for one value."""
    if "is" in condition:
        return same(in_case(condition["field"], condition["is"]), value)
    if "in" in condition:
        return any(same(in_case(condition["field"], wanted), value) for wanted in condition["in"])
    if "within" in condition:
        return f"{value}/".startswith(f"{condition['within']}/")
    if "contains_any" in condition:
        return isinstance(value, str) and any(
            has_phrase(words(value), words(wanted)) for wanted in condition["contains_any"]
        )
    if "matches" in condition:
        # Python's $ holds before a last newline too; RE2's does not.
        return isinstance(value, str) and re.search(condition["matches"].replace("$", r"\Z"), value) is not None
    return bool(condition.get("at_least", value) <= value <= condition.get("at_most", value))


def in_case(field: str, wanted: Any) -> Any:
    """Countries are stored in upper case and domains in lower case, however a rule writes them."""
    return {"country": str.upper, "email_domain": str.lower}.get(field, lambda other: other)(wanted)


def same(wanted: Any, value: Any) -> bool:
    """Whether two values are equal and of one kind."""
    return isinstance(wanted, bool) is isinstance(value, bool) and bool(wanted == value)


def words(text: str) -> list[str]:
    """The words of a text, folded character by character."""
    found = [""]
    for character in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()):
        if unicodedata.combining(character):
            continue
        if character.isalnum():
            found[-1] += character
        else:
            found.append("")
    return [word for word in found if word]


def has_phrase(text: list[str], phrase: list[str]) -> bool:
    """Whether the words of the phrase follow each other in the text."""
    return any(text[start : start + len(phrase)] == phrase for start in range(len(text)))
