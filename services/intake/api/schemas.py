"""What the API accepts and answers, as marshmallow schemas: the OpenAPI document is made of these.

Submissions are checked by `validate_submission`, which reports all errors at once; their schemas here describe them.
"""

from typing import Any

import marshmallow as ma

from services.intake.api.entry_schemas import ConversationEntrySchema
from services.intake.inbound_mail.list_mails import STATES, WITHOUT_TICKET
from shared.attachment_types import USUAL_EXTENSIONS, joined_in_english
from shared.http.paging import PageArguments
from shared.submission_fields import LONGEST_LOCALE, LONGEST_MESSAGE, SUBMISSION_FIELDS
from shared.submission_schema import submission_fields, text_field

SubmissionSchema = ma.Schema.from_dict({**submission_fields()}, name="SubmissionSchema")
SubmissionSchema.__doc__ = "A submission. A text that is null or empty counts as not given."


_FILE = {
    "type": "string",
    "contentMediaType": "application/octet-stream",
    "description": f"At most one {joined_in_english(USUAL_EXTENSIONS)} below 2 MiB.",
}
_DETAILS_JSON = {"type": "string", "contentMediaType": "application/json", "description": "`details` as JSON."}


SUBMISSION_FORM = {
    "type": "object",
    "required": [field.name for field in SUBMISSION_FIELDS if field.required],
    "properties": {
        **{field.name: {"type": "string"} for field in SUBMISSION_FIELDS},
        "details": _DETAILS_JSON,
        "attachment": _FILE,
    },
}


class FollowUpSchema(ma.Schema):
    """Something sent later: a message, details, or both."""

    message = text_field("What there is to add.", LONGEST_MESSAGE)
    details = ma.fields.Dict(
        keys=ma.fields.String(),
        allow_none=True,
        metadata={"description": "As in `POST /v1/tickets`; only what is new."},
    )


FOLLOW_UP_FORM = {
    "type": "object",
    "properties": {"message": {"type": "string"}, "details": _DETAILS_JSON, "attachment": _FILE},
}


class ReceiptSchema(ma.Schema):
    """An accepted submission."""

    reference = ma.fields.String(required=True)
    status = ma.fields.String(required=True)
    category = ma.fields.String(required=True)
    status_url = ma.fields.Url(
        required=True,
        require_tld=False,
        metadata={"description": "The person's own page of this ticket; its `key` is a secret."},
    )
    missing_evidence = ma.fields.List(ma.fields.String(), required=True)


class AddedSchema(ma.Schema):
    """An accepted follow-up."""

    reference = ma.fields.String(required=True)
    status = ma.fields.String(required=True)
    missing_evidence = ma.fields.List(ma.fields.String(), required=True)


class SentFileSchema(ma.Schema):
    """A file that was sent."""

    name = ma.fields.String(required=True)
    size = ma.fields.Integer(required=True)


class SentSchema(ma.Schema):
    """A follow-up as it is shown."""

    created_at = ma.fields.DateTime(required=True)
    message = ma.fields.String(required=True, allow_none=True)
    attachments = ma.fields.List(ma.fields.Nested(SentFileSchema), required=True)


class TicketSchema(ma.Schema):
    """A ticket, for its requester."""

    reference = ma.fields.String(required=True)
    status = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(["received", "needs_evidence", "with_team", "answered", "resolved", "withdrawn"]),
    )
    category = ma.fields.String(required=True)
    subject = ma.fields.String(required=True, allow_none=True)
    team = ma.fields.String(required=True, allow_none=True)
    created_at = ma.fields.DateTime(required=True)
    missing_evidence = ma.fields.List(ma.fields.String(), required=True)
    answer_by = ma.fields.DateTime(required=True, allow_none=True)
    merged_into = ma.fields.String(
        metadata={
            "description": "Only of a merged ticket: the reference under which the matter continues; its own key opens that."
        },
    )
    follow_ups = ma.fields.List(ma.fields.Nested(SentSchema), required=True)
    conversation = ma.fields.List(
        ma.fields.Nested(ConversationEntrySchema),
        required=True,
        metadata={
            "description": "Oldest first. With the key of our e-mails what you and the team wrote; with the key of the receipt what the "
            "requester sent."
        },
    )

    @ma.post_dump
    def _only_of_a_merged_ticket(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name != "merged_into" or value is not None}


class OptionSchema(ma.Schema):
    """A choice of a field."""

    value = ma.fields.String(required=True)
    label = ma.fields.String(required=True)


class FieldSchema(ma.Schema):
    """One of a path's own fields, sent as `details.<name>`."""

    name = ma.fields.String(required=True)
    type = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    required = ma.fields.Boolean(required=True)
    options = ma.fields.List(ma.fields.Nested(OptionSchema), required=True)


class EvidenceSchema(ma.Schema):
    """One slot of a path's evidence."""

    id = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    accepts = ma.fields.List(
        ma.fields.String(validate=ma.validate.OneOf(["link", "image", "pdf", "text"])), required=True
    )
    requirement = ma.fields.String(required=True, validate=ma.validate.OneOf(["required", "any_of", "optional"]))
    group = ma.fields.String(required=True, allow_none=True)
    when = ma.fields.Raw(
        metadata={"type": "object", "description": "A test over `details`; absent = always asked for."}
    )


class CategorySchema(ma.Schema):
    """A path, its help, and what it asks for."""

    path = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    help_html = ma.fields.String(required=True)
    lang = ma.fields.String(required=True)
    fields = ma.fields.List(ma.fields.Nested(FieldSchema), required=True)  # type: ignore[assignment]  # the contract names it so
    evidence = ma.fields.List(ma.fields.Nested(EvidenceSchema), required=True)


class CategoriesSchema(ma.Schema):
    """All paths, flat, in display order."""

    items = ma.fields.List(ma.fields.Nested(CategorySchema), required=True)
    next_cursor = ma.fields.String(required=True, allow_none=True)


class LocaleArguments(PageArguments):
    """Which language to answer in."""

    locale = ma.fields.String(
        load_default="en", validate=ma.validate.Length(max=LONGEST_LOCALE), metadata={"description": "Such as `sv`."}
    )


class MailArguments(PageArguments):
    """The query of the list of mails."""

    state = ma.fields.String(
        load_default=None,
        validate=ma.validate.OneOf(STATES),
        metadata={"description": f"One state; without it {', '.join(WITHOUT_TICKET)}."},
    )


class MailSchema(ma.Schema):
    """An inbound mail in a list."""

    id = ma.fields.String(required=True)
    received_at = ma.fields.AwareDateTime(format="iso", required=True)
    state = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(STATES),
        metadata={
            "description": "`unsure`: a person may have written it; `pointed`: its writer was pointed to the form; "
            "`blocked`: its sender is blocked."
        },
    )
    ticket = ma.fields.String(required=True, allow_none=True)
    address = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Its writer's, folded; null while it was not read."}
    )
    size = ma.fields.Integer(required=True, metadata={"description": "Bytes."})
    because = ma.fields.String(required=True, allow_none=True, metadata={"description": "Why it is in this state."})


class WholeMailSchema(MailSchema):
    """An inbound mail with what is written in it; null and empty where it cannot be read."""

    sender = ma.fields.String(required=True, allow_none=True)
    sender_name = ma.fields.String(required=True, allow_none=True)
    subject = ma.fields.String(required=True, allow_none=True)
    message = ma.fields.String(required=True, allow_none=True)
    files = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "The names of its files."})


class MailsSchema(ma.Schema):
    """A page of mails."""

    items = ma.fields.List(ma.fields.Nested(MailSchema), required=True)
    next_cursor = ma.fields.String(required=True, allow_none=True)


class MailTicketSchema(ma.Schema):
    """The ticket that is to be made of a mail."""

    category = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, 200),
        metadata={"description": "The path of a category without required fields."},
    )
