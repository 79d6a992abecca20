"""Searches that are kept under a name."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields, validate
from sqlalchemy import Connection

from services.triage.api.repeated import mark_replayed, this_request
from services.triage.api.schemas import page_of
from services.triage.current_deps import deps
from services.triage.views.change_view import change_view
from services.triage.views.delete_view import delete_view
from services.triage.views.list_views import as_item, find_view, list_views
from services.triage.views.save_view import save_view
from services.triage.views.view import LONGEST_NAME, LONGEST_QUERY, SHARED_WITH, SORTS, ViewFields
from shared.errors import NotFound, Unprocessable
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal
from shared.http.idempotency_key import PARAMETER
from shared.http.paging import PageArguments, decode, encode

blueprint = Blueprint("views", __name__, url_prefix="/v1", description="Searches that are kept")


class CountSchema(ma.Schema):
    """How many tickets a view finds."""

    value = fields.Integer(required=True)
    exact = fields.Boolean(required=True, metadata={"description": "False: there are more than `value`."})


class ViewBody(ma.Schema):
    """A search, its order, and who sees it."""

    name = fields.String(required=True, validate=validate.Length(1, LONGEST_NAME))
    query = fields.String(
        required=True, validate=validate.Length(1, LONGEST_QUERY), metadata={"description": "As `q` of `/v1/tickets`."}
    )
    sort = fields.String(load_default="created", validate=validate.OneOf(SORTS))
    shared_with = fields.String(
        load_default="me",
        validate=validate.OneOf(SHARED_WITH),
        metadata={"description": "`team`: by its leads; `all`: by admins."},
    )
    team = fields.String(load_default=None, allow_none=True, metadata={"description": "Of `shared_with: team`."})


class ViewSchema(ma.Schema):
    """A view. `count` is that of the caller: what they may read."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    query = fields.String(required=True)
    sort = fields.String(required=True, validate=validate.OneOf(SORTS))
    shared_with = fields.String(required=True, validate=validate.OneOf(SHARED_WITH))
    team = fields.String()
    count = fields.Nested(CountSchema, required=True)


@blueprint.route("/views")
@authorised("tickets.read")
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, page_of(ViewSchema))
def list_all(query: dict[str, Any]) -> dict[str, Any]:
    """My views, those of my teams, and everybody's"""
    me, teams, limit = principal(), _teams(), query["limit"]
    key = decode(query["cursor"], (int, int, str))
    with deps().engine.connect() as connection:
        after = (int(key[0]), int(key[1]), _uuid(str(key[2]))) if key else None
        rows = list_views(connection, me, teams, limit, after)
        items = [as_item(connection, row, me, teams) for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    return {"items": items, "next_cursor": encode((last.rank, last.position, str(last.id))) if last else None}


@blueprint.route("/views", methods=["POST"])
@authorised("tickets.write")
@blueprint.doc(parameters=[PARAMETER])
@blueprint.arguments(ViewBody)
@blueprint.response(201, ViewSchema)
@blueprint.alt_response(409, "CONFLICT")
def save(body: dict[str, Any]) -> dict[str, Any]:
    """Keep a search as a view"""
    me, request_made = principal(), this_request(body)
    with deps().engine.begin() as connection:
        if mark_replayed(request_made.is_repeated(connection)):
            view = UUID(request_made.made(connection))
        else:
            view = save_view(connection, me, ViewFields(**body), deps().known)
            request_made.remember_made(connection, str(view))
        return _shown(connection, view)


@blueprint.route("/views/<uuid:view>", methods=["PUT"])
@authorised("tickets.write")
@blueprint.arguments(ViewBody)
@blueprint.response(200, ViewSchema)
@blueprint.alt_response(404, "NOT_FOUND")
def change(body: dict[str, Any], view: UUID) -> dict[str, Any]:
    """Change a view"""
    with deps().engine.begin() as connection:
        change_view(connection, view, principal(), ViewFields(**body), deps().known)
        return _shown(connection, view)


@blueprint.route("/views/<uuid:view>", methods=["DELETE"])
@authorised("tickets.write")
@blueprint.response(204)
@blueprint.alt_response(404, "NOT_FOUND")
def delete(view: UUID) -> None:
    """Delete a view"""
    with deps().engine.begin() as connection:
        delete_view(connection, view, principal())


def _shown(connection: Connection, view: UUID) -> dict[str, Any]:
    found = find_view(connection, view, principal(), _teams())
    if found is None:
        raise NotFound("There is no such view.")
    return as_item(connection, found, principal(), _teams())


def _teams() -> tuple[str, ...]:
    return principal().readable(deps().settings.teams)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Unprocessable({"cursor": ["Not a cursor of this list."]}) from error
