"""Lease e-mails to send, and reclaim those of dead senders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from shared.storage.leases import LEASE, LIVING_OWNERS, RELEASE, safe_until

LEASE_SECONDS = 600
# A sender that lost its connection to PostgreSQL reconnects within a fraction of this, and records its outcomes first.
ORPHAN_SECONDS = 1

# The class of the advisory locks on senders' slots, in the space of two integers.
_SLOT_CLASS = 0x6E6F7469

_WORK = text("""
    select exists (select from notify.emails where state in ('queued', 'deferred') and not_before <= clock_timestamp()
               and original is null) as due,
           exists (select from notify.emails where state = 'sending') as leased,
           (select state from notify.gate) = 'open' as closed
""")

_SLOT = text("""
    select slot from generate_series(1, :slots) as slot where pg_try_advisory_lock(:class, slot) limit 1
""")

_LEASE = text(f"""
    with next as (
        select id from notify.emails
        where state in ('queued', 'deferred') and not_before <= clock_timestamp() and original is null
          and (:half_open or (select state from notify.gate) = 'open')
        order by not_before, id limit :most for update skip locked
    )
    update notify.emails e
    set state = 'sending', {LEASE}, ownerless_since = null
    from next where e.id = next.id
    returning e.id, e.owner, e.ticket, e.kind, e.correlation_id, e.event_id, e.recipient, e.text, e.html, e.headers, e.envelope_from,
        e.key_number, e.because, e.attachments, e.attempts, e.deferred_since is not null as was_deferred,
        coalesce(e.deferred_since < clock_timestamp() - interval '4 days', false) as overdue,
        (select s.reason from notify.suppressions s where s.address = lower(e.recipient)) as suppressed,
        cast(:safe_until as double precision) as safe_until, e.participant
""")

_RECLAIM = text(f"""
    with leased as (
        select id, owner, leased_until, ownerless_since, owner in ({LIVING_OWNERS}) as lives
        from notify.emails where state = 'sending' for update skip locked
    ), freed as (
        update notify.emails e
        set state = case when e.deferred_since is null then 'queued' else 'deferred' end,
            {RELEASE}, ownerless_since = null
        from leased l where e.id = l.id and (l.leased_until <= clock_timestamp()
            or (not l.lives and l.ownerless_since <= clock_timestamp() - make_interval(secs => :patience)))
        returning e.id
    ), marked as (
        update notify.emails e set ownerless_since = case when l.lives then null else clock_timestamp() end
        from leased l where e.id = l.id and l.leased_until > clock_timestamp()
          and l.lives = (l.ownerless_since is not null)
        returning e.id
    )
    select (select count(*) from freed) as freed, (select count(*) from marked) as marked
""")


@dataclass(frozen=True)
class LeasedEmail:
    """An e-mail that its owner alone may send until the lease ends; its fields are _LEASE's columns, in their order.

    `suppressed`: why it must not be sent; `overdue`: deferred for 4 days; `safe_until`: the time on the monotonic clock until which its
    body may be begun; `participant`: true for a participant's copy.
    """

    id: UUID
    owner: int
    ticket: str | None
    kind: str
    correlation_id: str
    event_id: UUID
    recipient: str
    text: str
    html: str
    headers: Mapping[str, str]
    envelope_from: str
    key_number: int | None
    because: str | None
    attachments: Sequence[Mapping[str, Any]] | None
    attempts: int
    was_deferred: bool
    overdue: bool
    suppressed: str | None
    safe_until: float
    participant: bool | None = None


@dataclass(frozen=True)
class Work:
    """Whether an e-mail is due, whether one is leased, and whether the circuit breaker is closed."""

    due: bool
    leased: bool
    closed: bool


def read_work(connection: Connection) -> Work:
    """What there is to do."""
    row = connection.execute(_WORK).one()
    return Work(row.due, row.leased, row.closed)


def acquire_slot(connection: Connection, slots: int) -> int | None:
    """One of the slots that bound the number of connections, held by this session; None when all are in use."""
    parameters = {"slots": slots, "class": _SLOT_CLASS}
    slot: int | None = connection.execute(_SLOT, parameters).scalar()
    return slot


def lease_emails(
    connection: Connection, owner: int, most: int, lease_seconds: float, *, half_open: bool
) -> list[LeasedEmail]:
    """Lease up to `most` e-mails, those that are due longest; `half_open`: even while the circuit breaker is open."""
    safe = safe_until(lease_seconds)
    parameters = {"owner": owner, "most": most, "half_open": half_open, "lease": lease_seconds, "safe_until": safe}
    rows = connection.execute(_LEASE, parameters)
    return sorted((LeasedEmail(*row) for row in rows), key=lambda one: one.id)


def reclaim_expired(connection: Connection) -> int:
    """Free the e-mails whose lease ended, or whose owner's lock was free ORPHAN_SECONDS ago too; returns how many."""
    freed: int = connection.execute(_RECLAIM, {"patience": ORPHAN_SECONDS}).one().freed
    return freed
