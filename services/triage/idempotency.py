"""Requests that are sent again under the same Idempotency-Key do nothing again (draft-ietf-httpapi-idempotency-key-header)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from shared.errors import Unprocessable

KEY_REUSED = "This key was used with another body before."

# Waits for a transaction that holds the same key: it commits, and this is a repeat, or it does not, and this is the first.
_REMEMBER = text("""
    insert into triage.idempotency (caller, route, key, content) values (:caller, :route, :key, :content)
    on conflict (caller, route, key) do update set at = triage.idempotency.at
    returning content, xmax = 0 as is_new
""")
_REMEMBER_MADE = text("""
    update triage.idempotency set made = :made where (caller, route, key) = (:caller, :route, :key)
""")
_MADE = text("select made from triage.idempotency where (caller, route, key) = (:caller, :route, :key)")
_CLEAR = text("""
    delete from triage.idempotency where ctid = any(array(
        select ctid from triage.idempotency where at < clock_timestamp() - interval '7 days' order by at limit 500))
""")


@dataclass(frozen=True)
class Request:
    """A request that may be repeated. `route`: method and path; `key`: the header, None where it was not sent."""

    caller: UUID
    route: str
    key: str | None
    body: Mapping[str, Any]

    def remember_made(self, connection: Connection, made: str) -> None:
        """Remember the id of the thing that it made."""
        if self.key is not None:
            connection.execute(_REMEMBER_MADE, {**self._names(), "made": made})

    def made(self, connection: Connection) -> str:
        """The id of the thing that a repeated request made before."""
        found: str = connection.execute(_MADE, self._names()).scalar_one()
        return found

    def _names(self) -> dict[str, object]:
        return {"caller": self.caller, "route": self.route, "key": self.key}

    def is_repeated(self, connection: Connection) -> bool:
        """Whether it was carried out before; if not, remember it in the caller's transaction.

        Raises Unprocessable when the key stands for another body.
        """
        if self.key is None:
            return False
        document = json.dumps(self.body, sort_keys=True, default=str)
        content = hashlib.sha256(document.encode()).digest()
        row = connection.execute(_REMEMBER, {**self._names(), "content": content}).one()
        if bytes(row.content) != content:
            raise Unprocessable({"Idempotency-Key": [KEY_REUSED]}, KEY_REUSED)
        return not row.is_new


def clear_requests(connection: Connection) -> bool:
    """Forget some of the keys after 7 days. Returns whether there may be more."""
    return connection.execute(_CLEAR).rowcount > 0
