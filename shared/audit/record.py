"""Writes an entry of the audit log, in the transaction of the change."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from shared.audit.actions import ACTIONS

_RECORD = text("""
    with person as (
        insert into audit.people (account, email)
        select id, email from auth.users where id = cast(:actor as uuid)
        on conflict (account) do nothing
    )
    insert into audit.entries (actor, action, target, before, after, ip)
    values (cast(:actor as uuid), :action, :target, cast(:before as jsonb), cast(:after as jsonb), :ip)
""")


@dataclass(frozen=True)
class Author:
    """Who did it: an account and the address of the request. Without an account: the system, or an operator at the command line."""

    account: UUID | None = None
    ip: str | None = None


SYSTEM = Author()


def record_audit(
    connection: Connection,
    author: Author,
    action: str,
    target: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Record that `author` did `action` (`team.created`) to `target` (`team/ads`).

    `action`: one of ACTIONS. `before` and `after`: what changed, as JSON. No name or address of a person may stand there: accounts are
    named by id. Raises ValueError for another action.
    """
    if action not in ACTIONS:
        raise ValueError(f"{action} is no action of shared/audit/actions.py")
    connection.execute(
        _RECORD,
        {
            "actor": author.account,
            "action": action,
            "target": target,
            "before": None if before is None else json.dumps(before),
            "after": None if after is None else json.dumps(after),
            "ip": author.ip,
        },
    )


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs, as `before` and `after` of an entry; both empty where nothing does."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}
