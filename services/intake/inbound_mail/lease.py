"""Mails that wait to be read, taken one at a time by an owner whose lock says that it lives."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from services.intake.inbound_mail.mail import Mail
from shared.storage.database import autocommit

# An owner that dies frees its lock, and its mail with it; the lease is for one that is only frozen. Reading twice does no harm,
# since what comes of it is committed by the owner alone.
_TAKE = text("""
    update intake.inbound_mails set owner = :owner, leased_until = clock_timestamp() + interval '10 minutes', attempts = attempts + 1
    where object = (
        select object from intake.inbound_mails m
        where state = 'waiting' and not_before <= clock_timestamp()
          and (owner is null or leased_until < clock_timestamp() or not exists (
              select from pg_locks where locktype = 'advisory' and objsubid = 1 and granted
                and database = (select oid from pg_database where datname = current_database())
                and ((classid::bigint << 32) | objid::bigint) = m.owner))
        order by not_before limit 1 for update skip locked)
    returning object, owner, kind, ticket, correlation_id, attempts
""")
_LOCK = text("select pg_advisory_lock(:owner)")
_UNLOCK = text("select pg_advisory_unlock(:owner)")

# 2, 4, 8 … seconds, at most five minutes, or as long as a limit says.
_PUT_OFF = text("""
    update intake.inbound_mails
    set owner = null, leased_until = null, attempts = attempts - 1, put_off = put_off + 1,
        not_before = clock_timestamp() + greatest(make_interval(secs => :seconds),
            least(interval '5 minutes', power(2, least(put_off + 1, 10)) * interval '1 second'))
    where object = :object and owner = :owner
""")

# The same mail may come by two ways. Without a Message-ID nothing says that it is the same.
_SAME = text("""
    select pg_advisory_xact_lock(('x' || left(encode(:fingerprint, 'hex'), 16))::bit(64)::bigint),
           exists (select from intake.inbound_mails
                   where fingerprint = :fingerprint and object <> :object
                     and (ticket = :ticket or cast(:ticket as text) is null))
""")

_OWNED = text("""
    select from intake.inbound_mails where object = :object and owner = :owner and state = 'waiting' for update
""")

_SETTLE = text("""
    update intake.inbound_mails
    set state = :state, because = :because, reference = :reference, address = :address, fingerprint = :fingerprint,
        settled_at = clock_timestamp(), owner = null, leased_until = null
    where object = :object and owner = :owner and state = 'waiting'
""")


@contextmanager
def taken(engine: Engine) -> Iterator[Row[Any] | None]:
    """The mail that waits longest, ours for as long as this lasts; None when none waits."""
    owner = secrets.randbits(63)
    with autocommit(engine) as connection:
        connection.execute(_LOCK, {"owner": owner})
        try:
            yield connection.execute(_TAKE, {"owner": owner}).one_or_none()
        finally:
            if not connection.closed and not connection.invalidated:
                connection.execute(_UNLOCK, {"owner": owner})


def put_off(connection: Connection, mail: Row[Any], seconds: int = 0) -> None:
    """Leave it for later, at least so many seconds; nobody is to blame."""
    connection.execute(_PUT_OFF, {"object": mail.object, "owner": mail.owner, "seconds": seconds})


def is_still_ours(connection: Connection, mail: Row[Any]) -> bool:
    """Whether nobody else has taken it meanwhile; it is then locked until the transaction ends."""
    return connection.execute(_OWNED, {"object": mail.object, "owner": mail.owner}).one_or_none() is not None


def came_before(connection: Connection, row: Row[Any], mail: Mail) -> bool:
    """Whether the same mail was settled already; until the transaction ends no other that is the same can be."""
    if not mail.message_id:
        return False
    values = {"fingerprint": mail.fingerprint(), "object": row.object, "ticket": row.ticket}
    return bool(connection.execute(_SAME, values).one()[1])


def settle(
    connection: Connection,
    mail: Row[Any],
    state: str,
    *,
    because: str | None = None,
    reference: str | None = None,
    address: str | None = None,
    fingerprint: bytes | None = None,
) -> None:
    """It is done with."""
    values = {"state": state, "because": because, "reference": reference, "address": address}
    connection.execute(_SETTLE, {"object": mail.object, "owner": mail.owner, "fingerprint": fingerprint, **values})
