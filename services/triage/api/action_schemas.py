"""What agents' deeds take."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.triage.actions.announce import STATUSES
from services.triage.actions.resolve import OUTCOMES
from services.triage.actions.transfer import CAUSES
from services.triage.api.schemas import LineSchema, TicketDetailSchema
from services.triage.rules.document.model import PRIORITIES

LONGEST_MESSAGE = 10_000
LONGEST_REASON = 2_000


def _not_blank(value: str) -> None:
    if not value.strip():
        raise ma.ValidationError("Must not be blank.")


def message(required: bool = False) -> Any:
    """A text to a person, 1 to 10,000 characters where it is required."""
    if required:
        return fields.String(required=True, validate=[validate.Length(1, LONGEST_MESSAGE), _not_blank])
    return fields.String(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST_MESSAGE))


def codes() -> Any:
    """Ids or codes from the catalogue."""
    return fields.List(fields.String(), required=True, validate=validate.Length(max=100))


class HandBody(ma.Schema):
    """The claim that is held, when the ticket is claimed, and the version it was made for."""

    claim = fields.String(load_default=None, allow_none=True)
    version = fields.Integer(load_default=None, allow_none=True, strict=True)


class ReplyBody(HandBody):
    """An answer, and what becomes of the ticket then."""

    message = message(required=True)
    then = fields.String(load_default="wait", validate=validate.OneOf(["wait", "resolve", "keep"]))


class NoteBody(HandBody):
    """An internal note."""

    message = message(required=True)


class InformationRequestBody(HandBody):
    """Which evidence is asked for."""

    evidence = codes()
    message = message()


class DisapprovalBody(HandBody):
    """Why it is disapproved."""

    reasons = codes()
    message = message()


class TransferBody(HandBody):
    """To whom the ticket goes and why."""

    team = fields.String(required=True)
    cause = fields.String(load_default="wrong_team", validate=validate.OneOf(CAUSES))
    reason = fields.String(required=True, validate=[validate.Length(1, LONGEST_REASON), _not_blank])


class ResolutionBody(HandBody):
    """How it ended."""

    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    message = message()


class ReopeningBody(HandBody):
    """Why it is taken up again."""

    reason = fields.String(required=True, validate=[validate.Length(1, LONGEST_REASON), _not_blank])


class ChangeBody(HandBody):
    """Tags and priority; what is left out stays."""

    priority = fields.String(load_default=None, validate=validate.OneOf(PRIORITIES))
    tags = fields.List(fields.String(), load_default=None)


class EntrySchema(TicketDetailSchema):
    """The ticket as it is now, and the line of its timeline that was made."""

    entry = fields.Nested(LineSchema, required=True)


class AnnouncementBody(ma.Schema):
    """To whom, and about what."""

    email = fields.Email(required=True, validate=validate.Length(max=254))
    locale = fields.String(load_default="en", allow_none=True, validate=validate.Length(max=35))
    item = fields.String(required=True, validate=[validate.Length(1, LONGEST_REASON), _not_blank])


class ItemDisapprovalBody(AnnouncementBody):
    """Why the item was disapproved."""

    reasons = codes()


class ApplicationStatusBody(AnnouncementBody):
    """Where an application is."""

    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    reasons = fields.List(fields.String(), load_default=list, validate=validate.Length(max=100))


class AcceptedSchema(ma.Schema):
    """The e-mail will be written and sent."""

    status = fields.String(required=True, validate=validate.OneOf(["accepted"]))
