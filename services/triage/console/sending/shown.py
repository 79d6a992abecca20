"""Scheduled messages and drafts as pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row
from werkzeug.datastructures import MultiDict

from services.triage.actions.action import Action
from services.triage.console.layout.ticket_row import category_title
from services.triage.deps import Deps
from services.triage.scheduled_messages.read_messages import messages_of_person
from services.triage.scheduled_messages.times import Time, offered_times
from services.triage.uploads.attach_uploads import FIELD
from shared.auth.principal import Principal
from shared.commonmark import as_html

# Why a message was not sent, by the code in its row and on the timeline.
REASONS: Mapping[str, str] = {
    "requester_wrote": "the requester has written since",
    "changed": "the ticket was changed since",
    "files": "a file can no longer be sent",
    "not_allowed": "its writer may no longer answer this ticket",
    "account_closed": "its writer’s account is closed",
    "cancelled": "a lead cancelled it",
    "error": "it failed; the log has the reason",
}


@dataclass(frozen=True)
class ShownMessage:
    """`title`: of its action; `why`: of a draft that was stopped; `is_mine`: the reader wrote it."""

    id: UUID
    ticket: str
    action: str
    title: str
    writer: str
    is_mine: bool
    is_draft: bool
    is_soon: bool
    why: str | None
    due_at: datetime
    local: str
    text: str
    html: str
    may_cancel: bool
    values: Mapping[str, Any]
    applied: Mapping[str, Any]

    @property
    def form(self) -> MultiDict[str, str]:
        """The form that it was sent with, to fill the composer again."""
        fields = {name: value for name, value in self.values.items() if value not in (None, [], "")}
        applied = {
            "saved_reply": self.applied.get("saved_reply"),
            "add_tags": ", ".join(self.applied.get("tags") or ()),
            "set_priority": self.applied.get("priority"),
        }
        return MultiDict({**fields, **{name: value for name, value in applied.items() if value}, "draft": str(self.id)})

    @property
    def uploads(self) -> Sequence[str]:
        """The ids of its files."""
        return cast(Sequence[str], self.values.get(FIELD) or ())


@dataclass(frozen=True)
class Sending:
    """What a ticket's page shows of this: what is scheduled, the drafts, and the times that the composer offers."""

    scheduled: Sequence[ShownMessage]
    drafts: Sequence[ShownMessage]
    times: Sequence[Time]
    zone: str

    def draft_of(self, panel: str) -> ShownMessage | None:
        """The reader's newest draft for this panel."""
        return next((one for one in reversed(self.drafts) if one.is_mine and one.action == panel), None)


def shown_message(
    row: Row[Any], actions: Sequence[Action], reader: Principal, team: str, zone: ZoneInfo
) -> ShownMessage:
    """A row of triage.scheduled_messages about a ticket of `team`, whose times are those of `zone`."""
    values = row.content["values"]
    text = values.get("message") or ""
    is_mine = row.writer == reader.id
    return ShownMessage(
        id=row.id,
        ticket=row.ticket,
        action=row.action,
        title=next((action.title for action in actions if action.name == row.action), row.action),
        writer=row.writer_name,
        is_mine=is_mine,
        is_draft=row.state == "draft",
        is_soon=row.kind == "undo",
        why=REASONS.get(row.because, row.because),
        due_at=row.due_at,
        local=local_time(row.due_at, zone),
        text=text,
        html=as_html(text),
        may_cancel=is_mine or reader.may_take_over(team),
        values=values,
        applied=row.content["applied"],
    )


def local_time(at: datetime, zone: ZoneInfo) -> str:
    """Such as `Mon 7 Dec, 09:00`."""
    here = at.astimezone(zone)
    return f"{here:%a} {here.day} {here:%b}, {here:%H:%M}"


def shown_to(
    connection: Connection, deps: Deps, person: Principal, teams: Sequence[str]
) -> Sequence[tuple[ShownMessage, str]]:
    """What the person has scheduled, and what of theirs or about their tickets was not sent, each with its ticket's subject or topic."""
    document = deps.rulesets.active(connection).compiled.document
    return [
        (
            shown_message(row, deps.actions, person, row.team, ZoneInfo(document.timezone_of(row.team))),
            row.subject or category_title(deps.catalog, row.category),
        )
        for row in messages_of_person(connection, person, teams)
    ]


def sending_of(rows: Sequence[ShownMessage], now: datetime, zone: ZoneInfo) -> Sending:
    """What a ticket's page shows of these."""
    return Sending(
        [one for one in rows if not one.is_draft],
        [one for one in rows if one.is_draft],
        offered_times(now, zone),
        zone.key,
    )
