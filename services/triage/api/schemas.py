"""Bodies and queries about tickets and claims."""

from typing import get_args

import marshmallow as ma
from marshmallow import fields, validate

from services.triage.api.tickets.schemas import TicketDetailSchema
from services.triage.lists.filters import STATES
from services.triage.lists.sorted_tickets import Sort
from shared.http.paging import PageArguments


def is_boolean(value: object) -> None:
    """Raise ValidationError for anything but true and false: in Python 1 equals True."""
    if not isinstance(value, bool):
        raise ma.ValidationError("Must be true or false.")


def page_of(schema: type[ma.Schema]) -> type[ma.Schema]:
    """The schema of one page of a list."""
    members = {
        "items": fields.List(fields.Nested(schema), required=True),
        "next_cursor": fields.String(allow_none=True, required=True),
    }
    return type(f"{schema.__name__.removesuffix('Schema')}PageSchema", (ma.Schema,), members)


def items_of(schema: type[ma.Schema]) -> type[ma.Schema]:
    """The schema of a list that is never paged, in the shape of the others."""
    return page_of(schema)


class TicketsQuery(PageArguments):
    """Which tickets."""

    team = fields.String(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES), metadata={"description": "Default: all."})
    category = fields.String(load_default=None)
    q = fields.String(
        load_default=None,
        validate=validate.Length(max=200),
        metadata={
            "description": 'A search: words, "a phrase", keys such as `state:open`; `-` before a term excludes what matches it.'
        },
    )
    owner = fields.String(load_default=None, metadata={"description": "`me`, `none`, or an e-mail address."})
    sort = fields.String(
        load_default="created",
        validate=validate.OneOf(get_args(Sort)),
        metadata={
            "description": "Default: newest first. The pages of the other orders may repeat or miss what changes meanwhile."
        },
    )


class ConversationQuery(ma.Schema):
    """Which messages of a conversation."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    before = fields.String(
        load_default=None,
        validate=validate.Regexp(r"[0-9]{1,18}\Z"),
        metadata={"description": "`conversation_before`, or `next_cursor` of the page after."},
    )


class ClaimBody(ma.Schema):
    """How much to claim, and for how long."""

    limit = fields.Integer(load_default=1, strict=True, validate=validate.Range(1, 100))
    lease_seconds = fields.Integer(load_default=300, strict=True, validate=validate.Range(1, 3600))


class LeaseBody(ma.Schema):
    """A lease counted from now."""

    lease_seconds = fields.Integer(required=True, strict=True, validate=validate.Range(1, 3600))


class ReleaseQuery(ma.Schema):
    """Why a claim is released."""

    reason = fields.String(load_default=None, validate=validate.Length(1, 2_000))


class ClaimSchema(ma.Schema):
    """A lease on a ticket."""

    claim = fields.UUID(required=True)
    version = fields.Integer(required=True, metadata={"description": "The fencing token that goes with every write."})
    lease_expires_at = fields.AwareDateTime(format="iso", required=True)
    ticket = fields.Nested(TicketDetailSchema, required=True)
