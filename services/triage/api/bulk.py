"""Bulks: one action on many tickets."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields, validate

from services.triage.api.repeated import mark_replayed, this_request
from services.triage.bulk.kinds import KINDS, BulkKind
from services.triage.bulk.saved import as_document, find_bulk, results_of
from services.triage.bulk.start_bulk import MOST_NAMED, Wanted, start_bulk
from services.triage.bulk.undo_bulk import undo_bulk
from services.triage.current_deps import deps
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal
from shared.http.idempotency_key import PARAMETER
from shared.storage.database import autocommit

LONGEST_QUERY = 200
LONGEST_REFERENCE = 100

_KEY = {**PARAMETER, "description": "Makes a retry safe: requests with the same key and body start one bulk."}


class ActionField(fields.Field[dict[str, Any]]):
    """An action: its `kind`, and the fields of the single call's body."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ma.ValidationError("Must be an object.")
        kind = value.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            raise ma.ValidationError({"kind": [f"Choose from: {', '.join(KINDS)}."]})
        given = {name: part for name, part in value.items() if name != "kind"}
        loaded: dict[str, Any] = KINDS[kind].body(unknown=ma.RAISE).load(given)
        return {"kind": kind, **loaded}


class BulkBody(ma.Schema):
    """Which tickets, and what is done with each of them."""

    references = fields.List(
        fields.String(validate=validate.Length(1, LONGEST_REFERENCE)),
        load_default=None,
        validate=validate.Length(1, MOST_NAMED),
    )
    query = fields.String(load_default=None, validate=validate.Length(1, LONGEST_QUERY))
    expected = fields.Integer(load_default=None, strict=True, validate=validate.Range(min=0))
    action = ActionField(required=True)


def _documented(kind: BulkKind) -> type[ma.Schema]:
    """The schema of this kind's action, with its `kind`, for the OpenAPI document."""
    members = {"kind": fields.String(required=True, validate=validate.OneOf([kind.name]))}
    name = f"Bulk{kind.name.capitalize()}ActionSchema"
    return type(name, (kind.body,), {**members, "__doc__": kind.body.__doc__})


_REQUEST: Mapping[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["action"],
                "properties": {
                    "references": {
                        "type": "array",
                        "items": {"type": "string", "minLength": 1, "maxLength": LONGEST_REFERENCE},
                        "minItems": 1,
                        "maxItems": MOST_NAMED,
                        "description": "The tickets; or `query`.",
                    },
                    "query": {
                        "type": "string",
                        "minLength": 1,
                        "maxLength": LONGEST_QUERY,
                        "description": "As `q` of `GET /v1/tickets`; at most 10,000 tickets. Or `references`.",
                    },
                    "expected": {
                        "type": "integer",
                        "minimum": 0,
                        "description": "How many tickets these are; another number: 409.",
                    },
                    "action": {"oneOf": [_documented(kind) for kind in KINDS.values()]},
                },
            }
        }
    },
}


class BulkStartedSchema(ma.Schema):
    """The bulk."""

    id = fields.UUID(required=True)


class BulkProgressSchema(ma.Schema):
    """The number of tickets done so far, and of all."""

    done = fields.Integer(required=True)
    total = fields.Integer(required=True)


class BulkResultSchema(ma.Schema):
    """What became of one ticket."""

    reference = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["done", "skipped", "failed"]))
    why = fields.String(required=True, allow_none=True)


class BulkSchema(ma.Schema):
    """A bulk, and its results so far. After an undo they are those of the undo."""

    id = fields.UUID(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["queued", "running", "done", "cancelled", "failed"]))
    action = fields.String(required=True, validate=validate.OneOf(list(KINDS)))
    progress = fields.Nested(BulkProgressSchema, required=True)
    results = fields.List(fields.Nested(BulkResultSchema), required=True)
    created_by = fields.String(required=True)
    created_at = fields.AwareDateTime(format="iso", required=True)
    finished_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)
    undo_until = fields.AwareDateTime(
        format="iso",
        required=True,
        allow_none=True,
        metadata={"description": "Ten minutes after the first ticket; null before it, and where there is no undo."},
    )
    undone_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)


blueprint = Blueprint("bulk", __name__, url_prefix="/v1", description="One action on many tickets")


@blueprint.route("/tickets/bulk", methods=["POST"])
@authorised("tickets.write")
@blueprint.doc(parameters=[_KEY], requestBody=_REQUEST)
@blueprint.arguments(BulkBody)
@blueprint.response(202, BulkStartedSchema)
@blueprint.alt_response(409, "CONFLICT")
def post_bulk(body: dict[str, Any]) -> dict[str, Any]:
    """Act on up to 200 tickets, or on up to 10,000 that a search finds

    Each ticket is acted on as by the single call, and has a result: `skipped` where another person has claimed it, where it is another
    team's, and where its state does not allow the action.
    """
    request_made = this_request(body)
    with deps().engine.begin() as connection:
        if mark_replayed(request_made.is_repeated(connection)):
            return {"id": request_made.made(connection)}
        teams = deps().settings.teams
        wanted = Wanted(body["references"], body["query"], principal().readable(teams), body["expected"], deps().known)
        bulk = start_bulk(connection, principal(), wanted, body["action"], teams, "api")
        request_made.remember_made(connection, str(bulk))
    return {"id": bulk}


@blueprint.route("/bulk/<uuid:bulk>")
@authorised("tickets.read")
@blueprint.response(200, BulkSchema)
@blueprint.alt_response(404, "NOT_FOUND")
def show_bulk(bulk: UUID) -> dict[str, Any]:
    """A bulk of one's own and its results so far"""
    with autocommit(deps().engine) as connection:
        return as_document(find_bulk(connection, bulk, principal()), results_of(connection, bulk))


@blueprint.route("/bulk/<uuid:bulk>/undo", methods=["POST"])
@authorised("tickets.write")
@blueprint.response(202, BulkStartedSchema)
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, "CONFLICT")
def post_undo(bulk: UUID) -> dict[str, Any]:
    """Undo a bulk within ten minutes

    Restores state, team, deadline, owner, priority and tags of the tickets that nobody changed since; the others are reported as
    `skipped`. Replies cannot be undone.
    """
    request_made = this_request({})
    with deps().engine.begin() as connection:
        if mark_replayed(request_made.is_repeated(connection)):
            find_bulk(connection, bulk, principal())
        else:
            undo_bulk(connection, bulk, principal())
    return {"id": bulk}
