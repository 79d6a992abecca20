"""Blocked senders: their submissions and mails are kept, and answered by nothing.

Triage writes the table. Whether a submission's sender is blocked is decided where it is accepted, and stands in its event; what comes
later asks again (decision 0026).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text
from uuid_utils.compat import uuid7

from shared.errors import Conflict, NotFound, Unprocessable
from shared.mail.addresses import InvalidAddress, canonical_address, canonical_domain, folded_address

LONGEST_REASON = 500

_COLUMNS = """
    id, case when sender like '%@%' then sender end as email, case when sender not like '%@%' then sender end as domain,
    reason, blocked_by, blocked_at
"""
_BLOCK = text(f"""
    insert into auth.blocked_senders (id, sender, reason, blocked_by) values (:id, :sender, :reason, :by)
    on conflict (sender) do nothing returning {_COLUMNS}
""")
# For a use case's own statement, with psycopg's parameter `senders`, made by `senders_of`.
IS_BLOCKED = "exists (select from auth.blocked_senders where sender = any(cast(%(senders)s as text[])))"
_AMONG = text("select sender from auth.blocked_senders where sender = any(cast(:senders as text[]))")
_FIND = text(f"select {_COLUMNS} from auth.blocked_senders where id = :id")
_LIST = text(f"""
    select {_COLUMNS} from auth.blocked_senders
    where cast(:before as uuid) is null or id < cast(:before as uuid) order by id desc limit :most
""")
_UNBLOCK = text("delete from auth.blocked_senders where id = :id")

Blocked = Row[Any]


def block_sender(connection: Connection, sender: str, reason: str, by: str) -> Blocked:
    """Block an address (in whatever case, with any +tag), or a domain and all below it; `sender`: as email_of or domain_of returns it.

    `by`: the person's name. Raises Conflict for one that is blocked.
    """
    values = {"id": uuid7(), "sender": sender, "reason": reason, "by": by}
    row = connection.execute(_BLOCK, values).one_or_none()
    if row is None:
        raise Conflict(f"{sender} is blocked already.")
    return row


def email_of(text: str) -> str:
    """The address as it is blocked. Raises Unprocessable."""
    try:
        return folded_address(canonical_address(text, smtputf8=True))
    except InvalidAddress as error:
        raise Unprocessable({"email": ["Not an e-mail address."]}) from error


def domain_of(text: str) -> str:
    """The domain as it is blocked. Raises Unprocessable."""
    try:
        return canonical_domain(text.strip().removeprefix("@"))
    except InvalidAddress as error:
        raise Unprocessable({"domain": ["Not a domain."]}) from error


def unblock_sender(connection: Connection, blocked: UUID) -> None:
    """Let what the sender writes from now on in. Raises NotFound."""
    if connection.execute(_UNBLOCK, {"id": blocked}).rowcount == 0:
        raise NotFound("There is no such blocked sender.")


def find_blocked(connection: Connection, blocked: UUID) -> Blocked | None:
    """A blocked sender; None when it is blocked no more."""
    return connection.execute(_FIND, {"id": blocked}).one_or_none()


def list_blocked(connection: Connection, before: UUID | None, most: int) -> Sequence[Blocked]:
    """The newest that are older than `before`, up to `most`."""
    return connection.execute(_LIST, {"before": before, "most": most}).all()


def blocked_among(connection: Connection, addresses: Iterable[str | None]) -> frozenset[str]:
    """Those of the addresses that are blocked themselves, or by a domain."""
    asked = [address for address in addresses if address]
    if not asked:
        return frozenset()
    blocked = set(connection.scalars(_AMONG, {"senders": senders_of(asked)}))
    return frozenset(address for address in asked if blocked.intersection(_names(address)))


def senders_of(addresses: Iterable[str]) -> list[str]:
    """All by which one of the addresses may be blocked."""
    return sorted({name for address in addresses for name in _names(address)})


def sender_of(personal: Mapping[str, Any]) -> str:
    """Who sent a submission: the requester, or the other person who wrote the mail. `personal`: of its event."""
    return str(personal.get("from") or personal.get("email") or "")


def _names(address: str) -> Iterator[str]:
    """By which it may be blocked: itself, its domain, and those above."""
    folded = folded_address(address)
    yield folded
    labels = folded.rpartition("@")[2].split(".")
    for first in range(len(labels) - 1):
        yield ".".join(labels[first:])
