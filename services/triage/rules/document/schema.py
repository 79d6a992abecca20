"""The JSON Schema of the document, from which editors complete and check as one types.

It is made from the registry and limits that the parser uses. `schema.json` beside this file is its output, for editors that
need a file; `make docs` writes it, and `vidare rules schema` prints it with the known names.
"""

from services.triage.rules.document.effects import MAX_TAG, MAX_TAGS
from services.triage.rules.document.model import LANGUAGE, PRIORITIES
from services.triage.rules.document.parse import MAX_RULES
from shared.conditions import OPERATORS, Operator, Vocabulary
from shared.conditions.fields import FIELD_NAMES, WEEKDAYS
from shared.conditions.limits import MAX_DAYS
from shared.conditions.model import GROUPS

Schema = dict[str, object]

_DURATION: Schema = {
    "type": "string",
    "pattern": "^(?=.)(\\d{1,4}d)?(\\d{1,5}h)?(\\d{1,6}m)?(\\d{1,7}s)?$",
    "description": "A length of time: 30m, 8h, 2d, 1d12h.",
}
_TIMEZONE: Schema = {"type": "string", "description": "A time zone of the IANA database, such as Europe/Stockholm."}


def json_schema(vocabulary: Vocabulary | None = None) -> Schema:
    """The schema; with a vocabulary it names the paths, teams and details there are, so that editors complete them."""
    team: Schema = {"type": "string"} if vocabulary is None else {"enum": sorted(vocabulary.teams)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Vidare ruleset",
        **_object(
            {
                "language": {"const": LANGUAGE},
                "timezone": _TIMEZONE,
                "teams": {
                    "type": "object",
                    "propertyNames": team,
                    "additionalProperties": _object({"respond_within": _DURATION, "calendar": _calendar()}),
                },
                "default_teams": _default_teams(vocabulary, team),
                "rules": {"type": "array", "maxItems": MAX_RULES, "items": {"$ref": "#/$defs/rule"}},
            },
            "language",
            "default_teams",
            "rules",
        ),
        "$defs": {
            "rule": _rule(team),
            "condition": {"oneOf": [*map(_group, GROUPS), _test(vocabulary)]},
        },
    }


def _rule(team: Schema) -> Schema:
    name: Schema = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"}
    return _object({"id": name, "when": {"$ref": "#/$defs/condition"}, "then": _effects(team)}, "id", "then")


def _object(properties: Schema, *required: str) -> Schema:
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": list(required)}


def _calendar() -> Schema:
    clock: Schema = {"type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"}
    span: Schema = {"type": "array", "items": clock, "minItems": 2, "maxItems": 2}
    hours = _object(dict.fromkeys(WEEKDAYS, span))
    holidays: Schema = {"type": "string", "description": "A country, such as SE, or a part of one, such as DE-BY."}
    return _object({"timezone": _TIMEZONE, "hours": hours, "holidays": holidays}, "hours")


def _default_teams(vocabulary: Vocabulary | None, team: Schema) -> Schema:
    if vocabulary is None:
        return {"type": "object", "additionalProperties": team}
    segments = sorted(vocabulary.segments)
    return _object(dict.fromkeys(segments, team), *segments)


def _effects(team: Schema) -> Schema:
    tag: Schema = {"type": "string", "minLength": 1, "maxLength": MAX_TAG}
    tags: Schema = {"type": "array", "items": tag, "minItems": 1, "maxItems": MAX_TAGS}
    effects: Schema = {
        "team": team,
        "priority": {"enum": list(PRIORITIES)},
        "tags": tags,
        "respond_within": _DURATION,
        "hold": {"const": "evidence"},
    }
    return {**_object(effects), "minProperties": 1}


def _group(kind: str) -> Schema:
    return _object({kind: {"type": "array", "items": {"$ref": "#/$defs/condition"}}}, kind)


def _test(vocabulary: Vocabulary | None) -> Schema:
    named = [name for name in FIELD_NAMES if "<" not in name]
    if vocabulary is None:
        field: Schema = {"anyOf": [{"enum": named}, {"type": "string", "pattern": "^details\\..+$"}]}
    else:
        field = {"enum": [*named, *(f"details.{name}" for name in sorted(vocabulary.details))]}
    counting: Schema = {
        "days": {"type": "integer", "minimum": 1, "maximum": MAX_DAYS},
        "same_path": {"type": "boolean"},
    }
    operands = {name: _operand(operator, vocabulary) for name, operator in OPERATORS.items()}
    return {**_object({"field": field, **operands, **counting}, "field"), "oneOf": _one_operator()}


def _operand(operator: Operator, vocabulary: Vocabulary | None) -> Schema:
    meaning = f"{operator.meaning[0].upper()}{operator.meaning[1:]}."
    return {**operator.schema(vocabulary), "description": meaning}


def _one_operator() -> list[Schema]:
    """One operator, or two that may stand together."""
    required: dict[frozenset[str], list[Schema]] = {}
    for operator in OPERATORS.values():
        together = frozenset((operator.name, operator.beside or operator.name))
        required.setdefault(together, []).append({"required": [operator.name]})
    return [one[0] if len(one) == 1 else {"anyOf": one} for one in required.values()]
