"""What an action on a ticket declares: its routes, its form and the words for it are made from this."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import marshmallow as ma
from marshmallow import fields, validate
from sqlalchemy import Connection

from services.triage.actions.access import Actor
from services.triage.rulesets.stored import StoredRulesets
from services.triage.uploads.attach_uploads import MOST_FILES
from shared.catalog.model import Catalog
from shared.submission_fields import LONGEST_MESSAGE

LONGEST_REASON = 2_000
MOST_CODES = 100

Facts = Mapping[str, Any]
TeamTitle = Callable[[str], str]


def not_blank(value: str) -> None:
    """Raise ValidationError for white space only."""
    if not value.strip():
        raise ma.ValidationError("Must not be blank.")


def message_field(required: bool = False) -> Any:
    """A text to the requester or, in an internal note, to the team: 1 to 10,000 characters where it is required."""
    if required:
        return fields.String(required=True, validate=[validate.Length(1, LONGEST_MESSAGE), not_blank])
    return fields.String(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST_MESSAGE))


def reason_field() -> Any:
    """A required text of 1 to 2,000 characters."""
    return fields.String(required=True, validate=[validate.Length(1, LONGEST_REASON), not_blank])


def codes_field(empty: str = "Choose at least one.") -> Any:
    """A required list of the catalogue's ids or codes. `empty`: the console's message when none is chosen."""
    return fields.List(
        fields.String(), required=True, validate=validate.Length(max=MOST_CODES), error_messages={"empty": empty}
    )


def attachments_field() -> Any:
    """The ids of the writer's own uploads, at most 10."""
    return fields.List(
        fields.String(),
        load_default=list,
        validate=validate.Length(max=MOST_FILES, error=f"At most {MOST_FILES} files."),
        metadata={"description": "Ids of uploads of your own (`POST /v1/uploads`), at most 10 MiB together."},
    )


class ActionBody(ma.Schema):
    """What the body of every action holds: the claim, when the ticket is claimed, the version it was made for, and the newest entry of
    the conversation that its writer saw."""

    claim = fields.String(load_default=None, allow_none=True)
    version = fields.Integer(load_default=None, allow_none=True, strict=True)
    seen = fields.Integer(load_default=None, allow_none=True, strict=True)


@dataclass(frozen=True)
class ActionCall:
    """One call of an action. `values`: the loaded body without claim and version."""

    connection: Connection
    reference: str
    actor: Actor
    values: Mapping[str, Any]
    rulesets: StoredRulesets

    @property
    def target(self) -> tuple[Connection, str, Actor]:
        """The first arguments of every use case that acts on a ticket."""
        return self.connection, self.reference, self.actor


@dataclass(frozen=True)
class Choice:
    """One value that the console's form offers for a field. `told`: what the requester will read, in the language `lang`."""

    value: str
    title: str
    told: str = ""
    lang: str = "en"
    group: str = ""
    ticked: bool = False


# Given the ticket (as read_ticket returns it) and the catalogue.
Choices = Callable[[Mapping[str, Any], Catalog], Sequence[Choice]]


@dataclass(frozen=True)
class Action:
    """An action that agents take on a ticket.

    The API serves it at POST /v1/tickets/<reference>/<path> (PUT if `puts`, PATCH /v1/tickets/<reference> if `patches_ticket`), the
    console at POST /tickets/<reference>/<path> with the fields of `body`; its panel there is the template
    console/ticket/panels/<name>.html.
    """

    name: str
    """Names the panel: in its template and in `?do=`."""
    path: str
    title: str
    """On the panel's tab and on the sheet of keyboard shortcuts."""
    key: str
    """Opens the panel; no other key of the console may be the same."""
    summary: str
    """In the OpenAPI document."""
    body: type[ActionBody]
    run: Callable[[ActionCall], None]
    """Calls the use case."""
    kind: str
    """The timeline entry that it writes, and the code of its message at the console (`?done=`)."""
    words: str | Callable[[Facts, TeamTitle], str]
    """The timeline's sentence without its subject, or how to make it from the entry's facts."""
    done: str
    """The console's message afterwards."""
    offered_in: tuple[str, ...] = ("claimed",)
    """The states in which the console shows the panel; a claimed ticket's panels are its holder's. The use case has its own check."""
    choices: Mapping[str, Choices] = field(default_factory=dict)
    """For each field that is chosen from a list, the list; the panel is left out when one is empty."""
    answers_with: Literal["entry", "ticket"] = "ticket"
    """What the API answers: 201 with the ticket and its new entry, or 200 with the ticket."""
    patches_ticket: bool = False
    puts: bool = False
    """Whether the API serves it at PUT in place of POST."""
    from_form: Callable[[Mapping[str, str]], Mapping[str, str]] = lambda _: {}
    """Given the console's form, the fields of `body` that it has under other names."""
    shows: Callable[[Mapping[str, Any]], str] | None = None
    """Given the loaded body, the reference of the ticket that is answered with, where it is another one."""
    is_internal: bool = False
    """Whether the requester never learns of it; the timeline marks it."""
    emails: Callable[[Mapping[str, Any]], bool] | None = None
    """Of an action that writes to the requester, whether it sends an e-mail, given its values. The console can undo it, and do it later."""
    drops_repeats: bool = False
    """Whether the console drops a form that was sent twice. Other actions end the claim, so their second post is refused anyway."""
