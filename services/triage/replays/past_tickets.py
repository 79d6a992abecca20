"""Past tickets in the order in which they came, read in large steps."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from psycopg import Connection as Wire
from sqlalchemy import Connection

# So many make one round trip cheap beside what is done with them, and are some megabytes at most.
ROWS = 2_000

# Texts, not jsonb: the driver would parse them one by one by a slower way. A row of the driver's own costs a third of one of
# SQLAlchemy's, and nothing but such rows is read here.
_READ = """
    select reference, created_at, case when state = 'resolved' then team end, subject, message, facts::text, decision::text
    from triage.tickets
    where (created_at at time zone 'UTC', reference) > (%s at time zone 'UTC', %s)
      and created_at at time zone 'UTC' <= %s at time zone 'UTC'
    order by created_at at time zone 'UTC', reference limit %s
"""


@dataclass(frozen=True, slots=True)
class PastTicket:
    """What a replay needs of a ticket. `resolver` is the team that resolved it."""

    reference: str
    created_at: datetime
    resolver: str | None
    facts: dict[str, object]
    decision: dict[str, Any]


def past_tickets(connection: Connection, at: datetime, reference: str, until: datetime) -> Iterator[PastTicket]:
    """The next tickets behind (`at`, `reference`), at most ROWS of them, none younger than `until`."""
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
