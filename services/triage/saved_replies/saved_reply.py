"""A saved reply, and who may read and change it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.auth.principal import Principal
from shared.errors import Forbidden, NotFound, Unprocessable

SharedWith = Literal["me", "team", "all"]
# The languages of our e-mails.
LANGUAGES = ("en", "sv")

COLUMNS = "id, name, team, owner, texts, actions, uses, used_at"
_FIND = text(f"select {COLUMNS} from triage.saved_replies where id = :id")
_LOCK = text(f"select {COLUMNS} from triage.saved_replies where id = :id for update")


@dataclass(frozen=True)
class Draft:
    """A saved reply as its writer wants it. `shared_with`: None is what `team` and the writer's role allow."""

    name: str
    team: str | None
    texts: Mapping[str, str]
    actions: Mapping[str, Any]
    shared_with: SharedWith | None = None


def find_saved_reply(connection: Connection, saved_reply: UUID, reader: Principal) -> Row[Any]:
    """Raises NotFound, Forbidden for another team's and for another person's own."""
    row = connection.execute(_FIND, {"id": saved_reply}).one_or_none()
    return _readable(row, reader)


def lock_saved_reply(connection: Connection, saved_reply: UUID, writer: Principal) -> Row[Any]:
    """Lock one that `writer` may change. Raises NotFound, Forbidden."""
    row = _readable(connection.execute(_LOCK, {"id": saved_reply}).one_or_none(), writer)
    require_change(writer, row.team, row.owner)
    return row


def may_change(person: Principal, team: str | None, owner: UUID | None) -> bool:
    """Whether they may change a saved reply of this team or owner: their own, their team's as its lead, everybody's as a lead."""
    if owner is not None:
        return person.may("tickets.write") and (owner == person.id or person.may("people.write"))
    return person.may_take_over(team) if team is not None else person.may("saved-replies.share")


def require_change(person: Principal, team: str | None, owner: UUID | None) -> None:
    """Raise Forbidden unless they may change it."""
    if not may_change(person, team, owner):
        whose = "this team’s saved replies" if team else "another person’s saved replies" if owner else "shared replies"
        raise Forbidden(f"You may not change {whose}.")


def shared_with(row: Row[Any]) -> SharedWith:
    """Who finds it in their composer."""
    return "team" if row.team is not None else "me" if row.owner is not None else "all"


def owner_of(draft: Draft, writer: Principal, before: UUID | None = None, was_shared: bool = False) -> UUID | None:
    """Whose own the saved reply is to be: of one without a team the writer's, unless leads share it with everybody.

    `before`, `was_shared`: of one that is changed, its owner and whether everybody had it; that stays where the draft names nothing.
    Raises Unprocessable where `shared_with` and `team` contradict each other.
    """
    wanted = draft.shared_with
    if wanted is not None and (wanted == "team") != (draft.team is not None):
        told = "Name the team." if wanted == "team" else "A team’s is shared with the team."
        raise Unprocessable({"team" if wanted == "team" else "shared_with": [told]})
    if draft.team is not None:
        return None
    if wanted is None:
        is_shared = was_shared or (before is None and writer.may("saved-replies.share"))
        return None if is_shared else before or writer.id
    return None if wanted == "all" else before or writer.id


def as_item(row: Row[Any], reader: Principal) -> dict[str, Any]:
    """In the contract's shape, with `shared_with`; for those who may change it, with how often it was used."""
    item = {
        "id": row.id,
        "name": row.name,
        "team": row.team,
        "text": row.texts,
        "actions": row.actions,
        "shared_with": shared_with(row),
    }
    counts = {"uses": row.uses, "used_at": row.used_at}
    return {**item, **counts} if _sees_uses(row, reader) else item


def _sees_uses(row: Row[Any], reader: Principal) -> bool:
    if row.team is not None:
        return reader.may_take_over(row.team)
    return row.owner == reader.id or reader.may("reports.read")


def _readable(row: Row[Any] | None, reader: Principal) -> Row[Any]:
    if row is None:
        raise NotFound("There is no such saved reply.")
    if row.team is not None:
        reader.require_read(row.team)
    elif row.owner not in (None, reader.id) and not reader.may("people.read"):
        raise Forbidden("This is another person’s own.")
    return row
