"""Bodies, queries and answers about tickets and claims."""

import marshmallow as ma
from marshmallow import fields, validate

from services.triage.rules.document.model import PRIORITIES
from services.triage.tickets.list_tickets import STATES
from services.triage.tickets.rows import FIELDS
from shared.http.paging import PageArguments
from shared.submission_fields import CODES, FIELD, OF_REQUESTER

FILE_STATES = ("pending", "clean", "not_scanned", "quarantined")


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


class QueueSchema(ma.Schema):
    """The counts of a team's queue."""

    team = fields.String(required=True)
    open = fields.Integer(required=True)
    claimed = fields.Integer(required=True)
    held = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    oldest_open_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)
    breached = fields.Integer(required=True, metadata={"description": "Open or claimed, and overdue."})


class TicketSchema(ma.Schema):
    """A ticket as lists show it."""

    reference = fields.String(required=True)
    subject = fields.String(required=True, allow_none=True)
    category = fields.String(required=True)
    team = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    priority = fields.String(required=True, validate=validate.OneOf(PRIORITIES))
    tags = fields.List(fields.String(), required=True)
    locale = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(format="iso", required=True)
    respond_by = fields.AwareDateTime(format="iso", required=True, allow_none=True)
    claimed_by = fields.String(required=True, allow_none=True)


RequesterSchema = ma.Schema.from_dict(
    {name: fields.String(required=True, allow_none=not FIELD[name].required) for name in OF_REQUESTER},
    name="RequesterSchema",
)
RequesterSchema.__doc__ = "Who submitted the ticket."

# The other fields of a submission that are no text and that a list row has not.
_CodesSchema = ma.Schema.from_dict(
    {name: fields.String(required=True, allow_none=True) for name in CODES if name not in FIELDS}, name="CodesSchema"
)


class AttachmentSchema(ma.Schema):
    """A file of a ticket."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(FILE_STATES))
    remark = fields.String(
        allow_none=True, metadata={"description": "A finding of the file check, such as active content in a PDF."}
    )
    url = fields.String(
        required=True, metadata={"description": "Redirects to the file, for everyone who may read the ticket."}
    )


class LineSchema(ma.Schema):
    """A timeline entry."""

    id = fields.Integer(required=True)
    at = fields.AwareDateTime(format="iso", required=True)
    kind = fields.String(required=True)
    by = fields.String(required=True, allow_none=True)
    message = fields.String(required=True, allow_none=True, metadata={"description": "The same as `text`."})
    text = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The message, without what an e-mail quotes; null for other entries."},
    )
    quoted = fields.String(
        required=True, allow_none=True, metadata={"description": "What an e-mail quotes below its message."}
    )
    automatic = fields.Boolean(
        required=True, metadata={"description": "Written by a program (out of office, calendar): it changes no state."}
    )
    facts = fields.Dict(keys=fields.String(), required=True)


class TicketDetailSchema(TicketSchema, _CodesSchema):  # type: ignore[misc, valid-type]  # made above
    """A ticket with its message, requester, files and timeline."""

    message = fields.String(required=True)
    requester = fields.Nested(RequesterSchema, required=True)
    details = fields.Dict(keys=fields.String(), required=True)
    missing_evidence = fields.List(fields.String(), required=True)
    ruleset = fields.Integer(required=True)
    version = fields.Integer(
        required=True, metadata={"description": "Grows with every change of holder, team or state."}
    )
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)
    timeline = fields.List(fields.Nested(LineSchema), required=True)


class TicketsQuery(PageArguments):
    """Which tickets."""

    team = fields.String(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES), metadata={"description": "Default: all."})
    category = fields.String(load_default=None)
    q = fields.String(load_default=None, validate=validate.Length(max=200), metadata={"description": "Search."})


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
    ticket = fields.Nested(TicketSchema, required=True)
