"""What a bulk can do to each of its tickets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.triage.actions.action import ActionCall
from services.triage.actions.change_ticket import LONGEST_TAG, MOST_TAGS, change_ticket
from services.triage.actions.reply import ReplyBody, reply
from services.triage.actions.resolve import ResolutionBody, resolve
from services.triage.actions.transfer import TransferBody, transfer
from services.triage.bulk.snapshot import Snapshot
from services.triage.owners.set_owner import set_owner
from services.triage.rules.document.model import PRIORITIES
from shared.errors import Conflict
from shared.mail.addresses import MAX_ADDRESS

# A claim, a version and what was seen are one ticket's.
_OF_ONE_TICKET = ("claim", "version", "seen")


def _tags_field() -> Any:
    return fields.List(
        fields.String(validate=[validate.Length(1, LONGEST_TAG), _printable]),
        load_default=list,
        validate=validate.Length(max=MOST_TAGS),
    )


def _printable(tag: str) -> None:
    if not tag.strip() or not tag.isprintable():
        raise ma.ValidationError("Only printable characters, and not only spaces.")


class BulkTransferBody(TransferBody):
    """The tickets go to another team."""

    class Meta:
        exclude = _OF_ONE_TICKET


class BulkResolutionBody(ResolutionBody):
    """The tickets are resolved."""

    class Meta:
        exclude = _OF_ONE_TICKET


class BulkReplyBody(ReplyBody):
    """Each requester gets the same reply."""

    class Meta:
        exclude = _OF_ONE_TICKET


class BulkTagsBody(ma.Schema):
    """Tags to add to and to remove from each ticket; the others stay."""

    add = _tags_field()
    remove = _tags_field()

    @ma.validates_schema
    def _has_any(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data["add"] and not data["remove"]:
            raise ma.ValidationError("Name a tag to add or to remove.", "add")


class BulkPriorityBody(ma.Schema):
    """The tickets get this priority."""

    priority = fields.String(required=True, validate=validate.OneOf(PRIORITIES))


class BulkOwnerBody(ma.Schema):
    """The tickets get this owner; null: nobody."""

    email = fields.String(required=True, allow_none=True, validate=validate.Length(1, MAX_ADDRESS))


@dataclass(frozen=True)
class BulkKind:
    """A kind of bulk. `run` acts on one ticket, given as it was before; `line`: the kind of the timeline entry that it writes.

    `moves`: whether state and team change; `undone`: the timeline's word for what an undo took back, empty where there is no undo.
    """

    name: str
    title: str
    body: type[ma.Schema]
    run: Callable[[ActionCall, Snapshot], None]
    line: str
    moves: bool = False
    undone: str = ""


def _transfer(call: ActionCall, before: Snapshot) -> None:
    if before.team == call.values["team"]:
        raise Conflict("The ticket is this team's already.")
    transfer(*call.target, call.rulesets.active(call.connection), call.rulesets.teams, **call.values)


def _change_tags(call: ActionCall, before: Snapshot) -> None:
    tags = with_tags(before.tags, call.values["add"], call.values["remove"])
    change_ticket(*call.target, call.rulesets.active(call.connection), tags=tags)


def _change_priority(call: ActionCall, _: Snapshot) -> None:
    change_ticket(*call.target, call.rulesets.active(call.connection), priority=call.values["priority"])


def _set_owner(call: ActionCall, _: Snapshot) -> None:
    set_owner(call.connection, call.reference, call.actor.principal, call.values["email"])


def with_tags(tags: Sequence[str], add: Sequence[str], remove: Sequence[str]) -> list[str]:
    """The tags without those to remove, followed by those to add that are new."""
    removed = {tag.strip() for tag in remove}
    return list(dict.fromkeys([*(tag for tag in tags if tag not in removed), *(tag.strip() for tag in add)]))


KINDS: Mapping[str, BulkKind] = {
    kind.name: kind
    for kind in (
        BulkKind("transfer", "Transfer", BulkTransferBody, _transfer, "transferred", True, "transfer"),
        BulkKind(
            "resolution",
            "Resolve",
            BulkResolutionBody,
            lambda call, _: resolve(*call.target, **call.values),
            "resolved",
            True,
            "resolution",
        ),
        BulkKind("tags", "Tags", BulkTagsBody, _change_tags, "changed", False, "change of tags"),
        BulkKind("priority", "Priority", BulkPriorityBody, _change_priority, "changed", False, "change of priority"),
        BulkKind("owner", "Owner", BulkOwnerBody, _set_owner, "owner_changed", False, "change of owner"),
        BulkKind("reply", "Reply", BulkReplyBody, lambda call, _: reply(*call.target, **call.values), "replied"),
    )
}
