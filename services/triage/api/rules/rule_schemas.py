"""Bodies, queries and answers about rulesets."""

import marshmallow as ma
from marshmallow import fields, validate

from services.triage.rulesets.save import LONGEST_COMMENT
from shared.http.paging import PageArguments
from shared.submission_fields import NAMES

COMMENT = validate.Length(max=LONGEST_COMMENT)


class RulesetSchema(ma.Schema):
    """A numbered ruleset."""

    number = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["draft", "active", "retired"]))
    comment = fields.String(required=True)
    created_by = fields.String(required=True)
    created_at = fields.AwareDateTime(format="iso", required=True)
    activated_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)
    document = fields.Dict(keys=fields.String(), required=True)


class RulesetBody(ma.Schema):
    """A ruleset to save. Its document is validated by the rule language's parser."""

    document = fields.Dict(keys=fields.String(), required=True)
    comment = fields.String(load_default="", validate=COMMENT)


class ActivationBody(ma.Schema):
    """Why it is activated, and the number that is expected to be active before."""

    comment = fields.String(load_default="", validate=COMMENT)
    expected_active = fields.Integer(load_default=None, allow_none=True, strict=True)


class DiffQuery(ma.Schema):
    """The ruleset to compare with."""

    against = fields.Integer(required=True, validate=validate.Range(1, 2**31 - 1))


class DifferenceSchema(ma.Schema):
    """The changes between two rulesets."""

    added = fields.List(fields.Dict())
    removed = fields.List(fields.Dict())
    changed = fields.List(fields.Dict())
    moved = fields.List(fields.Dict())
    settings = fields.Dict()
    teams = fields.Dict()
    default_teams = fields.Dict()


class RulesetsQuery(PageArguments):
    """The page of the list."""


_OptionalSchema = ma.Schema.from_dict(
    {name: fields.String(allow_none=True, load_default=None) for name in NAMES if name not in ("category", "message")}
)


class NoteSchema(_OptionalSchema):  # type: ignore[misc, valid-type]  # made above
    """A ticket as it is submitted to intake."""

    category = fields.String(required=True)
    message = fields.String(load_default="")
    details = fields.Dict(keys=fields.String(), load_default=dict)


class RouteBody(ma.Schema):
    """A ticket to try, and the ruleset to try it with (default: the active one)."""

    ticket = fields.Nested(NoteSchema, required=True)
    ruleset = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 2**31 - 1))


class ExplanationSchema(ma.Schema):
    """The decision about a ticket, the rules that made it, and those that nearly did."""

    ruleset = fields.Integer(required=True)
    team = fields.String(required=True)
    priority = fields.String(required=True)
    tags = fields.List(fields.String(), required=True)
    respond_within = fields.String(required=True, allow_none=True)
    hold = fields.String(
        required=True, allow_none=True, metadata={"description": "The effect `hold` that the rules set."}
    )
    held = fields.Boolean(
        required=True, metadata={"description": "Whether the ticket waits: `hold` is set and evidence is missing."}
    )
    decided = fields.Dict(keys=fields.String(), required=True)
    outranked = fields.List(
        fields.Dict(),
        required=True,
        metadata={"description": "Rules that matched, with the effect that a rule above (`by`) had decided already."},
    )
    not_matched = fields.List(
        fields.Dict(),
        required=True,
        metadata={
            "description": "Rules that did not match, with the first test that failed; those with the most tests before it come first."
        },
    )
