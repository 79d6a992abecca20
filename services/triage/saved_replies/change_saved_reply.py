"""Changes and deletes a saved reply."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.saved_replies.check_draft import check_draft
from services.triage.saved_replies.saved_reply import (
    COLUMNS,
    Draft,
    as_item,
    lock_saved_reply,
    owner_of,
    require_change,
    shared_with,
)
from shared.auth.principal import Principal

_CHANGE = text(f"""
    update triage.saved_replies
    set name = :name, team = :team, owner = :owner, texts = cast(:texts as jsonb), actions = cast(:actions as jsonb)
    where id = :id returning {COLUMNS}
""")
_DELETE = text("delete from triage.saved_replies where id = :id")


def change_saved_reply(
    connection: Connection, saved_reply: UUID, writer: Principal, draft: Draft, teams: Sequence[str]
) -> dict[str, Any]:
    """Replace it, by somebody who may change it both as it was and as it is to be. Raises NotFound, Forbidden, Unprocessable."""
    row = lock_saved_reply(connection, saved_reply, writer)
    check_draft(draft, teams)
    owner = owner_of(draft, writer, row.owner, was_shared=shared_with(row) == "all")
    require_change(writer, draft.team, owner)
    values = {
        "id": saved_reply,
        "name": draft.name,
        "team": draft.team,
        "owner": owner,
        "texts": json.dumps(dict(draft.texts)),
        "actions": json.dumps(dict(draft.actions)),
    }
    return as_item(connection.execute(_CHANGE, values).one(), writer)


def delete_saved_reply(connection: Connection, saved_reply: UUID, writer: Principal) -> None:
    """Raises NotFound, Forbidden."""
    lock_saved_reply(connection, saved_reply, writer)
    connection.execute(_DELETE, {"id": saved_reply})
