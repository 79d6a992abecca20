"""Reads past tickets in the order of their submission, in large batches."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from psycopg import Connection as Wire
from sqlalchemy import Connection

# So many that the round trip costs little beside deciding about them, and a few megabytes at most.
ROWS = 2_000

# Texts instead of jsonb, which the driver would parse more slowly, and rows of the driver, which cost a third of SQLAlchemy's.
_READ = """
    select reference, created_at, case when state = 'resolved' then team end, subject, message, facts::text, decision::text
    from triage.tickets
    where (created_at at time zone 'UTC', reference) > (%s at time zone 'UTC', %s)
      and created_at at time zone 'UTC' <= %s at time zone 'UTC'
    order by created_at at time zone 'UTC', reference limit %s
"""


@dataclass(frozen=True, slots=True)
class PastTicket:
    """A ticket as it was routed. `resolver`: the team that resolved it, None for one that is not resolved."""

    reference: str
    created_at: datetime
    resolver: str | None
    facts: dict[str, object]
    decision: dict[str, Any]


def past_tickets(connection: Connection, at: datetime, reference: str, until: datetime) -> Iterator[PastTicket]:
    """The next tickets after (`at`, `reference`) until `until`, at most ROWS."""
    wire = cast("Wire[Any]", connection.connection.driver_connection)
    with wire.cursor(binary=True) as cursor:
        rows = cursor.execute(_READ, (at, reference, until, ROWS), prepare=True).fetchall()
    loads = json.loads
    for name, created_at, resolver, subject, message, written, decided in rows:
        facts: dict[str, object] = loads(written)
        if subject:
            facts["subject"] = subject
        facts["message"] = message
        yield PastTicket(name, created_at, resolver, facts, loads(decided))
