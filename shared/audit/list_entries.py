"""Lists the entries of the audit log, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

SYSTEM_ACTOR = "system"
NEWEST = 2**63 - 1

_LIST = """
    select e.id, e.at, case when e.actor is null then 'system' else coalesce(p.email, 'erased') end as actor,
           e.action, e.target, e.before, e.after, e.ip,
           (select u.email from auth.users u where e.target = 'user/' || u.id and not u.is_program) as target_email
    from audit.entries e left join audit.people p on p.account = e.actor
    where e.id < :before {conditions} order by e.id desc limit :limit
"""
# Where several accounts had the address one after the other, the entries of all.
_CONDITIONS = {
    "actor": "e.actor in (select account from audit.people where lower(email) = lower(:actor))",
    "action": "e.action = :action",
    "target": "e.target = :target",
    "since": "e.at >= :since",
    "until": "e.at < :until",
}


@dataclass(frozen=True)
class Wanted:
    """Which entries; None: whichever. `actor`: an address, or SYSTEM_ACTOR; `since` is part of the time, `until` is not."""

    actor: str | None = None
    action: str | None = None
    target: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def list_entries(connection: Connection, wanted: Wanted, before: int, limit: int) -> Sequence[Row[Any]]:
    """Up to `limit` entries with an id below `before`; `target_email`: the present address of the account that is the target."""
    given = {name: value for name, value in vars(wanted).items() if value is not None}
    conditions = [_CONDITIONS[name] for name in given]
    if given.get("actor") == SYSTEM_ACTOR:
        conditions[list(given).index("actor")] = "e.actor is null"
    statement = _LIST.format(conditions="".join(f" and {one}" for one in conditions))
    return connection.execute(text(statement), {**given, "before": before, "limit": limit}).all()
