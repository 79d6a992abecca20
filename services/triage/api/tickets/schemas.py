"""What the API tells of tickets and their conversations."""

import marshmallow as ma
from marshmallow import fields, validate

from services.triage.conversation.entries import KINDS
from services.triage.lists.filters import STATES
from services.triage.presence.put_presence import DOING
from services.triage.rules.document.model import PRIORITIES
from services.triage.tickets.rows import FIELDS
from shared.submission_fields import CODES, FIELD, OF_REQUESTER

FILE_STATES = ("pending", "clean", "not_scanned", "quarantined")


class QueueSchema(ma.Schema):
    """The counts of a team's queue."""

    team = fields.String(required=True)
    open = fields.Integer(required=True)
    claimed = fields.Integer(required=True)
    held = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    snoozed = fields.Integer(required=True)
    oldest_open_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)
    breached = fields.Integer(required=True, metadata={"description": "Open, claimed or snoozed, and overdue."})
    reserved = fields.Integer(required=True, metadata={"description": "Open, and reserved for their owners."})


class PersonSchema(ma.Schema):
    """A person who works on tickets."""

    email = fields.String(required=True)
    name = fields.String(required=True)


class RowRequesterSchema(ma.Schema):
    """Who submitted the ticket."""

    name = fields.String(required=True, allow_none=True)
    email = fields.String(required=True)


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
    requester = fields.Nested(RowRequesterSchema, required=True)
    snippet = fields.String(
        required=True, metadata={"description": "The beginning of the newest message that is no internal note."}
    )
    attachment_count = fields.Integer(required=True)
    updated_at = fields.AwareDateTime(format="iso", required=True)
    last_from = fields.String(required=True, validate=validate.OneOf(["requester", "agent"]))
    owner = fields.Nested(PersonSchema, required=True, allow_none=True)
    reserved_until = fields.AwareDateTime(
        format="iso",
        required=True,
        allow_none=True,
        metadata={"description": "Until then only its owner claims it, unless it is urgent or overdue."},
    )
    snoozed_until = fields.AwareDateTime(
        format="iso", required=True, allow_none=True, metadata={"description": "When a snoozed ticket opens."}
    )


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
    reference = fields.String(
        required=True, metadata={"description": "Its ticket's: this one, or one that was merged into it."}
    )
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


class AuthorSchema(ma.Schema):
    """Who wrote a message."""

    role = fields.String(required=True, validate=validate.OneOf(["requester", "agent", "system"]))
    name = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)


class SentEmailSchema(ma.Schema):
    """The e-mail that a message was sent with."""

    id = fields.UUID(required=True)
    state = fields.String(required=True)


class EntrySchema(ma.Schema):
    """A message of the conversation."""

    id = fields.Integer(required=True)
    reference = fields.String(
        required=True, metadata={"description": "Its ticket's: this one, or one that was merged into it."}
    )
    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS.values())))
    at = fields.AwareDateTime(format="iso", required=True)
    author = fields.Nested(AuthorSchema, required=True)
    text = fields.String(required=True, metadata={"description": "What its author wrote; of agents, CommonMark."})
    quoted = fields.String(
        required=True, allow_none=True, metadata={"description": "What an e-mail quotes below its message."}
    )
    html = fields.String(required=True, metadata={"description": "`text` rendered; safe to show."})
    automatic = fields.Boolean(
        required=True, metadata={"description": "Written by a program (out of office, calendar)."}
    )
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)
    email = fields.Nested(SentEmailSchema, required=True, allow_none=True)
    source = fields.String(required=True, validate=validate.OneOf(["form", "api", "email", "console"]))


RELATIONS = ("merged_into", "merged_from", "continues", "continued_by", "related")


class LinkSchema(ma.Schema):
    """Another ticket that belongs to this one."""

    reference = fields.String(required=True)
    relation = fields.String(required=True, validate=validate.OneOf(RELATIONS))


class SatisfactionSchema(ma.Schema):
    """What the requester said of the newest resolution that they spoke of."""

    answer = fields.String(required=True, validate=validate.OneOf(["good", "bad"]))
    comment = fields.String(required=True, allow_none=True)
    at = fields.DateTime(required=True)


class PresentSchema(ma.Schema):
    """Somebody who is at a ticket."""

    name = fields.String(required=True)
    doing = fields.String(required=True, validate=validate.OneOf(DOING))


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
    participants = fields.List(
        fields.String(), required=True, metadata={"description": "Other addresses that get the answers and may reply."}
    )
    proposed_participants = fields.List(
        fields.String(),
        metadata={
            "description": "To whom the requester's mails were copied and who takes no part; only where a mail had a Cc."
        },
    )
    timeline = fields.List(fields.Nested(LineSchema), required=True)
    outcome = fields.String(
        required=True, allow_none=True, metadata={"description": "How it was resolved; null while it is not."}
    )
    satisfaction = fields.Nested(SatisfactionSchema, required=True, allow_none=True)
    present = fields.List(
        fields.Nested(PresentSchema), required=True, metadata={"description": "Who is at it just now, oneself too."}
    )
    links = fields.List(fields.Nested(LinkSchema), required=True)
    conversation = fields.List(
        fields.Nested(EntrySchema), required=True, metadata={"description": "The newest messages, oldest first."}
    )
    conversation_before = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The cursor of the messages before these; null where there are none."},
    )


class FoundTicketSchema(TicketSchema):
    """A ticket in a list or found by a search."""

    highlights = fields.List(
        fields.String(),
        metadata={
            "description": "HTML of what the search found, with `<mark>` around its words; only of a search for words."
        },
    )


class TicketsPageSchema(ma.Schema):
    """A page of tickets."""

    items = fields.List(fields.Nested(FoundTicketSchema), required=True)
    next_cursor = fields.String(allow_none=True, required=True)
    stable = fields.Boolean(
        metadata={"description": "False where the order may change between pages; left out otherwise."}
    )


class ConversationPageSchema(ma.Schema):
    """Older messages, oldest first."""

    items = fields.List(fields.Nested(EntrySchema), required=True)
    next_cursor = fields.String(
        allow_none=True, required=True, metadata={"description": "`before` of the page with still older ones."}
    )
