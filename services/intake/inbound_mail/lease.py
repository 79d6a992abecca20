"""Mails that wait to be read: each is leased by one reader, which records the outcome."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from services.intake.inbound_mail.mail import Mail
from shared.storage.database import autocommit
from shared.storage.leases import LEASE, RELEASE, STILL_OURS, Owner, is_reclaimable

# Seconds. The lease is for a reader that is frozen: one that dies frees its lock. Reading twice is harmless, since only the owner
# commits the outcome.
LEASE_SECONDS = 600

_LEASE_NEXT = text(f"""
    update intake.inbound_mails set {LEASE}, attempts = attempts + 1
    where object = (
        select object from intake.inbound_mails m
        where state = 'waiting' and not_before <= clock_timestamp() and {is_reclaimable("m")}
        order by not_before limit 1 for update skip locked)
    returning object, owner, kind, ticket, category, correlation_id, attempts
""")

# 2, 4, 8 … seconds, at most five minutes, or until a limit permits it.
_PUT_OFF = text(f"""
    update intake.inbound_mails
    set {RELEASE}, attempts = attempts - 1, put_off = put_off + 1,
        not_before = clock_timestamp() + greatest(make_interval(secs => :seconds),
            least(interval '5 minutes', power(2, least(put_off + 1, 10)) * interval '1 second'))
    where object = :object and {STILL_OURS}
""")

# The same mail may arrive twice. Without a Message-ID it cannot be recognised.
_SAME = text("""
    select pg_advisory_xact_lock(('x' || left(encode(:fingerprint, 'hex'), 16))::bit(64)::bigint),
           exists (select from intake.inbound_mails
                   where fingerprint = :fingerprint and object <> :object
                     and (ticket = :ticket or cast(:ticket as text) is null))
""")

_OWNED = text(f"""
    select from intake.inbound_mails where object = :object and {STILL_OURS} and state = 'waiting' for update
""")

_RECORD_OUTCOME = text(f"""
    update intake.inbound_mails
    set state = :state, because = :because, reference = :reference, address = :address, fingerprint = :fingerprint,
        settled_at = clock_timestamp(), {RELEASE}
    where object = :object and {STILL_OURS} and state = 'waiting'
""")


@contextmanager
def leased(engine: Engine) -> Iterator[Row[Any] | None]:
    """The mail that has waited longest, leased until the context ends; None when none waits."""
    with autocommit(engine) as connection, closing(Owner(connection)) as owner:
        yield connection.execute(_LEASE_NEXT, {"owner": owner.number, "lease": LEASE_SECONDS}).one_or_none()


def put_off(connection: Connection, mail: Row[Any], seconds: int = 0) -> None:
    """Postpone it by at least so many seconds, without counting an attempt."""
    connection.execute(_PUT_OFF, {"object": mail.object, "owner": mail.owner, "seconds": seconds})


def is_still_ours(connection: Connection, mail: Row[Any]) -> bool:
    """Whether no other reader leased it meanwhile; it is then locked until the transaction ends."""
    return connection.execute(_OWNED, {"object": mail.object, "owner": mail.owner}).one_or_none() is not None


def came_before(connection: Connection, row: Row[Any], mail: Mail) -> bool:
    """Whether the same mail was processed already; until the transaction ends no other copy of it can be."""
    if not mail.message_id:
        return False
    values = {"fingerprint": mail.fingerprint(), "object": row.object, "ticket": row.ticket}
    return bool(connection.execute(_SAME, values).one()[1])


def record_outcome(
    connection: Connection,
    mail: Row[Any],
    state: str,
    *,
    because: str | None = None,
    reference: str | None = None,
    address: str | None = None,
    fingerprint: bytes | None = None,
) -> None:
    """Record its final state."""
    values = {"state": state, "because": because, "reference": reference, "address": address}
    connection.execute(
        _RECORD_OUTCOME, {"object": mail.object, "owner": mail.owner, "fingerprint": fingerprint, **values}
    )
