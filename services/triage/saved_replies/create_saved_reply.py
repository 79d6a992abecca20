"""Makes a saved reply."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text
from uuid_utils.compat import uuid7

from services.triage.saved_replies.check_draft import check_draft
from services.triage.saved_replies.saved_reply import COLUMNS, Draft, as_item, owner_of, require_change
from shared.auth.principal import Principal
from shared.errors import Conflict

# Of one team, of one person, and of everybody.
MOST = 500

_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:whose, 29))")
_COUNT = text("""
    select count(*) from triage.saved_replies
    where team = :team or owner = :owner
       or (cast(:team as text) is null and cast(:owner as uuid) is null and team is null and owner is null)
""")
_INSERT = text(f"""
    insert into triage.saved_replies (id, name, team, owner, texts, actions)
    values (:id, :name, :team, :owner, cast(:texts as jsonb), cast(:actions as jsonb)) returning {COLUMNS}
""")


def create_saved_reply(connection: Connection, writer: Principal, draft: Draft, teams: Sequence[str]) -> dict[str, Any]:
    """Returns it in the contract's shape.

    Raises Unprocessable, Forbidden for a team's or everybody's where the writer is no lead, Conflict beyond MOST.
    """
    check_draft(draft, teams)
    owner = owner_of(draft, writer)
    require_change(writer, draft.team, owner)
    connection.execute(_LOCK, {"whose": draft.team or str(owner)})
    if connection.execute(_COUNT, {"team": draft.team, "owner": owner}).scalar_one() >= MOST:
        raise Conflict(f"There are {MOST} of them already; delete some first.")
    values = {
        "id": uuid7(),
        "name": draft.name,
        "team": draft.team,
        "owner": owner,
        "texts": json.dumps(dict(draft.texts)),
        "actions": json.dumps(dict(draft.actions)),
    }
    return as_item(connection.execute(_INSERT, values).one(), writer)
