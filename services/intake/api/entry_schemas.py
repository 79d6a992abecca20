"""The messages of a conversation, as the API answers them."""

import marshmallow as ma


class AuthorSchema(ma.Schema):
    """Who wrote a message. Of an agent only the first name is shown, and of a program nothing."""

    role = ma.fields.String(required=True, validate=ma.validate.OneOf(["requester", "agent", "system"]))
    name = ma.fields.String(required=True, allow_none=True)
    email = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "The requester's, masked (`a•••@example.org`) with the key of the receipt; null for an agent."
        },
    )


class EntryFileSchema(ma.Schema):
    """A file of a message."""

    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    media_type = ma.fields.String(required=True)
    size = ma.fields.Integer(required=True, metadata={"description": "Bytes."})
    state = ma.fields.String(
        required=True, validate=ma.validate.OneOf(["pending", "clean", "not_scanned", "quarantined"])
    )
    url = ma.fields.String(required=True, metadata={"description": "Below the address of this service."})


class ConversationEntrySchema(ma.Schema):
    """A message of the requester or of an agent."""

    id = ma.fields.String(required=True)
    reference = ma.fields.String(
        required=True,
        metadata={
            "description": "Of the ticket that it was sent under: this one, or one that the team merged into it."
        },
    )
    kind = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(
            ["submission", "follow_up", "reply", "information_request", "disapproval", "resolution"]
        ),
    )
    at = ma.fields.DateTime(required=True)
    author = ma.fields.Nested(AuthorSchema, required=True)
    text = ma.fields.String(
        required=True,
        metadata={"description": "A requester's is plain text, an agent's CommonMark; without a mail's quoted part."},
    )
    quoted = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "The part of a mail that repeats an earlier one."}
    )
    html = ma.fields.String(required=True)
    automatic = ma.fields.Boolean(required=True, metadata={"description": "Whether a program wrote it."})
    attachments = ma.fields.List(ma.fields.Nested(EntryFileSchema), required=True)
    email = ma.fields.Raw(
        required=True, allow_none=True, metadata={"type": ["object", "null"], "description": "Always null here."}
    )
    source = ma.fields.String(required=True, validate=ma.validate.OneOf(["form", "api", "email", "console"]))


class KeyArguments(ma.Schema):
    """The key of a ticket, for a link; programs send it as bearer token."""

    key = ma.fields.String(
        load_default=None, metadata={"description": "A key of the ticket, in place of the bearer token."}
    )
