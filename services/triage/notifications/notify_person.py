"""Has a person hear of something about a ticket."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

MENTION = "mention"

_INSERT = text("""
    insert into triage.notifications (account, kind, ticket, facts)
    values (:account, :kind, :ticket, cast(:facts as jsonb)) returning id
""")


def notify_person(
    connection: Connection, account_id: UUID, kind: str, reference: str, facts: Mapping[str, Any] | None = None
) -> int:
    """Add a notification to the person's list and have their open console show it. Returns its id.

    `kind`: `mention`, or another for which the console's list has words (KIND_WORDS); a kind without words is shown as "News of a
    ticket". `facts`: codes and names that these words use, never what a requester wrote. Whether the person may read the ticket is for
    the caller to check. Only mentions are followed by an e-mail.
    """
    values = {"account": account_id, "kind": kind, "ticket": reference, "facts": json.dumps(facts or {})}
    made: int = connection.execute(_INSERT, values).scalar_one()
    return made
