"""Saved replies over HTTP."""

from typing import Any, get_args
from uuid import UUID

import marshmallow as ma
from marshmallow import fields, validate

from services.triage.actions.action import not_blank
from services.triage.actions.change_ticket import LONGEST_TAG, MOST_TAGS
from services.triage.actions.reply import THEN
from services.triage.api.repeated import mark_replayed, this_request
from services.triage.api.schemas import page_of
from services.triage.current_deps import deps
from services.triage.rules.document.model import PRIORITIES
from services.triage.saved_replies.change_saved_reply import change_saved_reply, delete_saved_reply
from services.triage.saved_replies.check_draft import LONGEST_NAME
from services.triage.saved_replies.create_saved_reply import create_saved_reply
from services.triage.saved_replies.list_saved_replies import FIRST, list_saved_replies
from services.triage.saved_replies.placeholders import PLACEHOLDERS
from services.triage.saved_replies.render_saved_reply import RenderedReply, render_saved_reply
from services.triage.saved_replies.saved_reply import Draft, SharedWith, as_item, find_saved_reply
from shared.errors import Unprocessable
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised, principal
from shared.http.paging import PageArguments, decode, page
from shared.storage.database import autocommit
from shared.submission_fields import LONGEST_MESSAGE

_PLACEHOLDERS = ", ".join(f"`{{{{{name}}}}}`" for name in PLACEHOLDERS)

blueprint = Blueprint("saved_replies", __name__, url_prefix="/v1", description="Texts that agents keep for messages")


def _is_tag(value: str) -> None:
    if not (1 <= len(value.strip()) <= LONGEST_TAG and value.isprintable()):
        raise ma.ValidationError(f"A tag has 1 to {LONGEST_TAG} printable characters.")


def _text(required: bool = False) -> Any:
    limits: list[Any] = [validate.Length(1, LONGEST_MESSAGE), not_blank]
    return fields.String(required=required, validate=limits, metadata={"description": "CommonMark."})


class TextsSchema(ma.Schema):
    """The text by language."""

    en = _text(required=True)
    sv = _text()


class ReplyActionsSchema(ma.Schema):
    """What is applied with a message made from it."""

    then = fields.String(validate=validate.OneOf(THEN))
    tags = fields.List(
        fields.String(validate=_is_tag),
        validate=validate.Length(max=MOST_TAGS),
        metadata={"description": "Added to the ticket's."},
    )
    priority = fields.String(validate=validate.OneOf(PRIORITIES))


class SavedReplyBody(ma.Schema):
    """A saved reply, as it is to be."""

    name = fields.String(required=True, validate=[validate.Length(1, LONGEST_NAME), not_blank])
    team = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "Whose team's it is. Null: everybody's for leads and admins, else one's own."},
    )
    text = fields.Nested(TextsSchema, required=True, metadata={"description": f"Placeholders: {_PLACEHOLDERS}."})
    actions = fields.Nested(ReplyActionsSchema, load_default=dict)
    shared_with = fields.String(
        validate=validate.OneOf(get_args(SharedWith)),
        metadata={"description": "`me`, `team` or `all`; default: as `team` describes."},
    )


class SavedReplySchema(ma.Schema):
    """A saved reply; with how often it was used for those who lead its team, or all."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    team = fields.String(required=True, allow_none=True)
    text = fields.Nested(TextsSchema, required=True)
    actions = fields.Nested(ReplyActionsSchema, required=True)
    shared_with = fields.String(required=True, validate=validate.OneOf(get_args(SharedWith)))
    uses = fields.Integer(metadata={"description": "How many messages made from it were sent."})
    used_at = fields.AwareDateTime(format="iso", allow_none=True)


class RenderBody(ma.Schema):
    """The ticket whose values go in."""

    ticket = fields.String(required=True, metadata={"description": "Its reference."})


class RenderedReplySchema(ma.Schema):
    """The text in the requester's language, its placeholders filled."""

    text = fields.String(required=True, metadata={"description": "CommonMark; values are escaped."})
    lang = fields.String(required=True)
    actions = fields.Nested(ReplyActionsSchema, required=True)


@blueprint.route("/saved-replies")
@authorised("tickets.read")
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, page_of(SavedReplySchema))
def list_all_saved_replies(query: dict[str, Any]) -> dict[str, Any]:
    """The saved replies of your teams, your own and everybody's"""
    me = principal()
    key = decode(query["cursor"], (str,))
    with autocommit(deps().engine) as connection:
        teams = me.readable(deps().settings.teams)
        rows = list_saved_replies(connection, me, teams, _after(key[0]) if key else FIRST, query["limit"])
    return page(rows, query["limit"], lambda row: (str(row.id),), lambda row: as_item(row, me))


@blueprint.route("/saved-replies", methods=["POST"])
@authorised("tickets.write")
@blueprint.arguments(SavedReplyBody)
@blueprint.response(201, SavedReplySchema)
@blueprint.alt_response(409, "CONFLICT")
def post_saved_reply(body: dict[str, Any]) -> dict[str, Any]:
    """Keep a text for later messages"""
    asked = this_request(body)
    with deps().engine.begin() as connection:
        if mark_replayed(asked.is_repeated(connection)):
            return as_item(find_saved_reply(connection, UUID(asked.made(connection)), principal()), principal())
        made = create_saved_reply(connection, principal(), draft_of(body), deps().settings.teams)
        asked.remember_made(connection, str(made["id"]))
        return made


@blueprint.route("/saved-replies/<uuid:saved_reply>")
@authorised("tickets.read")
@blueprint.response(200, SavedReplySchema)
@blueprint.alt_response(404, "NOT_FOUND")
def show_saved_reply(saved_reply: UUID) -> dict[str, Any]:
    """One saved reply"""
    with autocommit(deps().engine) as connection:
        return as_item(find_saved_reply(connection, saved_reply, principal()), principal())


@blueprint.route("/saved-replies/<uuid:saved_reply>", methods=["PUT"])
@authorised("tickets.write")
@blueprint.arguments(SavedReplyBody)
@blueprint.response(200, SavedReplySchema)
@blueprint.alt_response(404, "NOT_FOUND")
def put_saved_reply(body: dict[str, Any], saved_reply: UUID) -> dict[str, Any]:
    """Change a saved reply: your own, your team's as its lead, everybody's as a lead"""
    with deps().engine.begin() as connection:
        return change_saved_reply(connection, saved_reply, principal(), draft_of(body), deps().settings.teams)


@blueprint.route("/saved-replies/<uuid:saved_reply>", methods=["DELETE"])
@authorised("tickets.write")
@blueprint.response(204)
@blueprint.alt_response(404, "NOT_FOUND")
def remove_saved_reply(saved_reply: UUID) -> None:
    """Delete a saved reply"""
    with deps().engine.begin() as connection:
        delete_saved_reply(connection, saved_reply, principal())


@blueprint.route("/saved-replies/<uuid:saved_reply>/render", methods=["POST"])
@authorised("tickets.read")
@blueprint.arguments(RenderBody)
@blueprint.response(200, RenderedReplySchema)
@blueprint.alt_response(404, "NOT_FOUND")
def post_render(body: dict[str, Any], saved_reply: UUID) -> RenderedReply:
    """Fill it in for a ticket; nothing is sent"""
    asked = this_request(body)
    with deps().engine.begin() as connection:
        mark_replayed(asked.is_repeated(connection))
        return render_saved_reply(connection, saved_reply, body["ticket"], principal(), deps().catalog)


def draft_of(body: dict[str, Any]) -> Draft:
    """The saved reply that a loaded SavedReplyBody describes."""
    actions = dict(body["actions"])
    if "tags" in actions:
        actions["tags"] = list(dict.fromkeys(tag.strip() for tag in actions["tags"]))
    return Draft(body["name"].strip(), body["team"], body["text"], actions, body.get("shared_with"))


def _after(cursor: object) -> UUID:
    try:
        return UUID(str(cursor))
    except ValueError as error:
        raise Unprocessable({"cursor": ["Not a cursor of this list."]}) from error
