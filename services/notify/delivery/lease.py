"""Lease e-mails to send, and reclaim those of dead senders."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

from shared.storage.leases import LEASE, LIVING_OWNERS, RELEASE, safe_until

LEASE_SECONDS = 600
# A sender whose connection to Postgres broke comes back within a fraction of this, and commits what it knows first.
ORPHAN_SECONDS = 1

# The lock classes of ours in the space of two integers: senders' slots.
_SLOT_CLASS = 0x6E6F7469

_WORK = text("""
    select exists (select from notify.emails where state in ('queued', 'deferred') and not_before <= clock_timestamp()) as due,
           exists (select from notify.emails where state = 'sending') as flying,
           (select state from notify.gate) = 'open' as open
""")

_SLOT = text("""
    select slot from generate_series(1, :slots) as slot where pg_try_advisory_lock(:class, slot) limit 1
""")

_TAKE = text(f"""
    with next as (
        select id from notify.emails
        where state in ('queued', 'deferred') and not_before <= clock_timestamp()
          and (:probing or (select state from notify.gate) = 'open')
        order by not_before, id limit :most for update skip locked
    )
    update notify.emails e
    set state = 'sending', {LEASE}, ownerless_since = null
    from next where e.id = next.id
    returning e.id, e.owner, e.ticket, e.kind, e.correlation_id, e.recipient, e.text, e.html, e.headers, e.envelope_from, e.key_number,
        e.because, e.attempts, e.deferred_since is not null as was_deferred,
        coalesce(e.deferred_since < clock_timestamp() - interval '4 days', false) as overdue,
        (select s.reason from notify.suppressions s where s.address = lower(e.recipient)) as suppressed,
        cast(:safe_until as double precision) as safe_until
""")

_RETAKE = text(f"""
    with flying as (
        select id, owner, leased_until, ownerless_since, owner in ({LIVING_OWNERS}) as lives
        from notify.emails where state = 'sending' for update skip locked
    ), freed as (
        update notify.emails e
        set state = case when e.deferred_since is null then 'queued' else 'deferred' end,
            {RELEASE}, ownerless_since = null
        from flying f where e.id = f.id and (f.leased_until <= clock_timestamp()
            or (not f.lives and f.ownerless_since <= clock_timestamp() - make_interval(secs => :patience)))
        returning e.id
    ), noted as (
        update notify.emails e set ownerless_since = case when f.lives then null else clock_timestamp() end
        from flying f where e.id = f.id and f.leased_until > clock_timestamp()
          and f.lives = (f.ownerless_since is not null)
        returning e.id
    )
    select (select count(*) from freed) as freed, (select count(*) from noted) as noted
""")


@dataclass(frozen=True)
class Taken:
    """An e-mail that is its owner's to send until the lease ends; its fields are _TAKE's columns, in their order.

    `suppressed`: why it must not be sent; `overdue`: put off for 4 days; `safe_until`: the monotonic clock's time at which its body
    must not be begun any more.
    """

    id: UUID
    owner: int
    ticket: str | None
    kind: str
    correlation_id: str
    recipient: str
    text: str
    html: str
    headers: Mapping[str, str]
    envelope_from: str
    key_number: int | None
    because: str | None
    attempts: int
    was_deferred: bool
    overdue: bool
    suppressed: str | None
    safe_until: float


@dataclass(frozen=True)
class Work:
    """Is something due, is something in a sender's hands, and is the gate open?"""

    due: bool
    flying: bool
    open: bool


def look(connection: Connection) -> Work:
    """What there is to do."""
    row = connection.execute(_WORK).one()
    return Work(row.due, row.flying, row.open)


def enter(connection: Connection, slots: int) -> int | None:
    """One of the slots that bound the number of connections, held by this session; None when all are taken."""
    parameters = {"slots": slots, "class": _SLOT_CLASS}
    slot: int | None = connection.execute(_SLOT, parameters).scalar()
    return slot


def take(connection: Connection, owner: int, most: int, lease_seconds: float, *, probing: bool) -> list[Taken]:
    """Take up to `most` e-mails, those that are due longest; `probing` takes though the gate is shut."""
    safe = safe_until(lease_seconds)
    parameters = {"owner": owner, "most": most, "probing": probing, "lease": lease_seconds, "safe_until": safe}
    rows = connection.execute(_TAKE, parameters)
    return sorted((Taken(*row) for row in rows), key=lambda one: one.id)


def retake(connection: Connection) -> int:
    """Free the e-mails whose owner's lock was found free a moment ago too, or whose lease ended; returns how many."""
    freed: int = connection.execute(_RETAKE, {"patience": ORPHAN_SECONDS}).one().freed
    return freed
