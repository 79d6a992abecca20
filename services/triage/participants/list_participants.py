"""Lists who takes part in tickets, and who is proposed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

# Of a ticket: more would not be looked through; a mail proposes ten.
MOST_PROPOSED = 50

_PARTICIPANTS = text("select ticket, email from triage.participants where ticket = any(:tickets) order by position")
_PROPOSED = text("""
    select one.ticket, one.email, exists (
        select from triage.participants p where p.ticket = one.ticket and p.address = one.address) as takes_part
    from unnest(cast(:tickets as text[])) as wanted (ticket)
    cross join lateral (
        select * from triage.proposed_participants p where p.ticket = wanted.ticket order by p.proposed_at, p.address limit :most
    ) one order by one.proposed_at, one.address
""")


def list_participants(connection: Connection, references: Sequence[str]) -> dict[str, dict[str, Any]]:
    """By reference, `participants` of the ticket and, where a mail had a Cc, `proposed_participants`: those of the Cc that take no part."""
    found: dict[str, dict[str, Any]] = {reference: {"participants": []} for reference in references}
    for row in connection.execute(_PARTICIPANTS, {"tickets": list(references)}):
        found[row.ticket]["participants"].append(row.email)
    for row in connection.execute(_PROPOSED, {"tickets": list(references), "most": MOST_PROPOSED}):
        proposed = found[row.ticket].setdefault("proposed_participants", [])
        if not row.takes_part:
            proposed.append(row.email)
    return found
