"""Limit the automatic e-mails that an address gets. Counted in PostgreSQL, so that the limits hold without Redis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import limits
from sqlalchemy import Connection, text

from services.notify.compose.builder import QUEUED, FirstState
from services.notify.emails.addresses import because_suppressed
from services.notify.emails.suppressions import suppressed_among
from services.notify.settings import NotifySettings
from shared.mail.addresses import folded_address, in_ascii

# Sorted, so that two batches with the same addresses cannot deadlock; the seed 11 keeps these locks apart from those of tickets.
_LOCK_ADDRESSES = text("""
    select pg_advisory_xact_lock(keys.key)
    from (select distinct hashtextextended(address, 11) as key from unnest(cast(:keys as text[])) as address order by 1) keys
""")

# One kind at a time: each has a partial index of its own.
_COUNT = text("""
    select e.recipient_key, w.ordinality as window, count(*) as number
    from unnest(cast(:windows as integer[])) with ordinality as w (seconds, ordinality)
    join notify.emails e on e.kind = :kind and e.recipient_key = any(cast(:keys as text[])) and e.state <> 'suppressed'
        and e.created_at > clock_timestamp() - make_interval(secs => w.seconds)
    group by 1, 2
""")


@dataclass(frozen=True)
class Limit:
    """At most `most` within the last `seconds`; `words` as it was set, such as "3 per 1 hour"."""

    most: int
    seconds: int
    words: str


def first_states(
    connection: Connection,
    addresses: Sequence[str],
    settings: NotifySettings,
    kinds: Sequence[str],
    *,
    limited: bool = True,
) -> list[FirstState]:
    """The state of one more automatic e-mail to each address: queued, or suppressed with the reason.

    E-mails of `kinds` count. Not `limited`: there is no limit, as for what an agent decided. Where there is a limit, the addresses stay
    locked until the caller's transaction ends.
    """
    if settings.acknowledgements == "off":
        return [FirstState("suppressed", "acknowledgements are switched off")] * len(addresses)
    addresses = [in_ascii(address) for address in addresses]
    keys = [folded_address(address) for address in addresses]
    limits_set = limits_of(settings.acknowledgement_limits) if limited else ()
    suppressed = suppressed_among(connection, addresses)
    if limits_set:
        connection.execute(_LOCK_ADDRESSES, {"keys": keys})
    open_keys = [key for key, address in zip(keys, addresses, strict=True) if address.lower() not in suppressed]
    reached = iter(reached_limits(open_keys, limits_set, _sent(connection, keys, limits_set, kinds)))
    states = []
    for address in addresses:
        reason = suppressed.get(address.lower())
        limit = None if reason is not None else next(reached)
        if reason is not None:
            states.append(FirstState("suppressed", because_suppressed(reason)))
        elif limit is not None:
            states.append(FirstState("suppressed", f"the address had its acknowledgements: {limit}"))
        else:
            states.append(QUEUED)
    return states


def limits_of(notation: str) -> tuple[Limit, ...]:
    """The limits of a setting in the notation of `limits`; empty: none. Raises ValueError."""
    if not notation:
        return ()
    return tuple(Limit(one.amount, one.get_expiry(), str(one)) for one in limits.parse_many(notation))


def reached_limits(
    keys: Sequence[str], limits_set: Sequence[Limit], sent: Mapping[str, Sequence[int]]
) -> list[str | None]:
    """For each address in turn: None if it may get one more, else the limit that it has reached.

    `sent` holds for an address how many it got within each limit's window; those allowed here count too.
    """
    counts = {key: list(numbers) for key, numbers in sent.items()}
    reached: list[str | None] = []
    for key in keys:
        numbers = counts.setdefault(key, [0] * len(limits_set))
        limit = next((one.words for one, number in zip(limits_set, numbers, strict=True) if number >= one.most), None)
        if limit is None:
            counts[key] = [number + 1 for number in numbers]
        reached.append(limit)
    return reached


def _sent(
    connection: Connection, keys: Sequence[str], limits_set: Sequence[Limit], kinds: Sequence[str]
) -> Mapping[str, Sequence[int]]:
    """How many e-mails of these kinds each address got within each limit's window."""
    windows = [limit.seconds for limit in limits_set]
    sent: dict[str, list[int]] = {}
    for kind in kinds if limits_set else ():
        for row in connection.execute(_COUNT, {"windows": windows, "keys": list(keys), "kind": kind}):
            sent.setdefault(row.recipient_key, [0] * len(limits_set))[row.window - 1] += row.number
    return sent
