"""The bodies of the API's requests and answers; the OpenAPI document is made of these."""

import marshmallow as ma
from marshmallow import fields, validate

from services.notify.compose.kinds.registry import KINDS
from shared.http.paging import PageArguments
from shared.submission_fields import LONGEST_MESSAGE
from shared.ticket_keys import is_reference

STATES = ("queued", "sending", "sent", "deferred", "failed", "bounced", "suppressed")


class EmailSchema(ma.Schema):
    """An e-mail in a list."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    ticket = fields.String(required=True, allow_none=True)
    to = fields.String(required=True)
    locale = fields.String(required=True, metadata={"description": "Its language."})
    subject = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    because = fields.String(required=True, allow_none=True, metadata={"description": "Why it is in this state."})
    message_id = fields.String(required=True)
    created_at = fields.AwareDateTime(format="iso", required=True)
    sent_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)


class EmailKindSchema(ma.Schema):
    """A kind of e-mail."""

    name = fields.String(required=True, metadata={"description": "As in `kind` of an e-mail."})
    title = fields.String(required=True, metadata={"description": "For lists, in English."})
    audience = fields.String(
        required=True, metadata={"description": "The reader: requester, applicant, lead or writer."}
    )


class EmailKindsSchema(ma.Schema):
    """Every kind of e-mail."""

    items = fields.List(fields.Nested(EmailKindSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class AttemptSchema(ma.Schema):
    """One attempt to send an e-mail."""

    at = fields.AwareDateTime(format="iso", required=True)
    stage = fields.String(
        required=True, metadata={"description": "The SMTP command that decided; `files`: they could not be read."}
    )
    outcome = fields.String(required=True, validate=validate.OneOf(STATES))
    code = fields.Integer(required=True, allow_none=True, metadata={"description": "The server's reply code."})
    words = fields.String(required=True, metadata={"description": "The server's reply text."})


class WholeEmailSchema(EmailSchema):
    """An e-mail with everything that was sent, and its attempts."""

    headers = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    text = fields.String(required=True)
    html = fields.String(required=True)
    attempts = fields.List(fields.Nested(AttemptSchema), required=True)


class EmailPageSchema(ma.Schema):
    """A page of e-mails."""

    items = fields.List(fields.Nested(EmailSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


def _a_reference(text: str) -> None:
    if not is_reference(text):
        raise ma.ValidationError("Not a ticket's reference.")


class EmailsQuery(PageArguments):
    """Filters of the ledger; all that are given must hold."""

    ticket = fields.String(load_default=None, validate=_a_reference)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    kind = fields.String(load_default=None, validate=validate.OneOf(KINDS))
    to = fields.String(
        load_default=None,
        validate=[validate.Length(1, 320), validate.ContainsNoneOf("\x00")],
        metadata={"description": "The whole address; upper and lower case are the same."},
    )


class ResendsSchema(ma.Schema):
    """Which e-mails to send again."""

    state = fields.String(required=True, validate=validate.OneOf(("deferred", "failed", "bounced", "suppressed")))
    kind = fields.String(load_default=None, validate=validate.OneOf(KINDS))


class ResentSchema(ma.Schema):
    """How many e-mails are sent again."""

    resent = fields.Integer(required=True)


class PreviewQuery(ma.Schema):
    """The language of a preview."""

    locale = fields.String(
        load_default="en", validate=validate.Length(1, 35), metadata={"description": "A language tag (BCP 47)."}
    )


class PreviewSchema(ma.Schema):
    """An e-mail with made-up facts."""

    subject = fields.String(required=True)
    text = fields.String(required=True)
    html = fields.String(required=True)


class DraftedEmailSchema(PreviewSchema):
    """An e-mail before it is sent, and its language."""

    lang = fields.String(required=True)


class MessageDraft(ma.Schema):
    """What an agent writes: the message, and what its kind of e-mail has beside it."""

    locale = fields.String(load_default="en", validate=validate.Length(1, 35))
    reference = fields.String(required=True, validate=validate.Length(1, 20))
    category = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))
    person = fields.Boolean(
        load_default=False, metadata={"description": "Whether it will go out as the caller's own e-mail."}
    )
    subject = fields.String(
        load_default=None, allow_none=True, metadata={"description": "The requester's own, for a person's e-mail."}
    )
    quoted = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "The requester's newest message, for a person's e-mail."},
    )
    message = fields.String(load_default="", validate=validate.Length(max=LONGEST_MESSAGE))
    reasons = fields.List(fields.String(), load_default=list, validate=validate.Length(max=20))
    evidence = fields.List(fields.String(), load_default=list, validate=validate.Length(max=100))
    outcome = fields.String(
        load_default="solved", validate=validate.OneOf(("solved", "not_solved", "spam", "duplicate"))
    )
    then = fields.String(load_default="wait", validate=validate.OneOf(("wait", "resolve", "keep")))


class SuppressionSchema(ma.Schema):
    """An address that gets no e-mail."""

    id = fields.UUID(required=True)
    email = fields.String(required=True)
    reason = fields.String(required=True)
    source = fields.String(required=True, validate=validate.OneOf(("person", "refused", "bounce", "complaint")))
    created_at = fields.AwareDateTime(format="iso", required=True)


class NewSuppressionSchema(ma.Schema):
    """An address to suppress."""

    email = fields.String(required=True, validate=validate.Length(1, 320))
    reason = fields.String(required=True, validate=validate.Length(1, 500))


class SuppressionPageSchema(ma.Schema):
    """A page of suppressions."""

    items = fields.List(fields.Nested(SuppressionSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
