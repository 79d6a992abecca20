"""Which automatic e-mails an address may still get: held by Postgres, so that it holds without Redis."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

from services.notify.compose.builder import Verdict
from services.notify.emails.addresses import in_ascii, recipient_key
from services.notify.emails.limits import Cap, admit, caps_of
from services.notify.emails.suppression_reason import because_listed
from services.notify.emails.suppressions import suppressed_among
from services.notify.settings import NotifySettings

# Two batches with the same address wait for each other, sorted so that they never wait in a circle; 11 keeps these locks apart
# from those of tickets.
_LOCK_ADDRESSES = text("""
    select pg_advisory_xact_lock(keys.key)
    from (select distinct hashtextextended(address, 11) as key from unnest(cast(:keys as text[])) as address order by 1) keys
""")

# One kind at a time: each has a partial index of its own.
_HAD = text("""
    select e.recipient_key, w.ordinality as window, count(*) as had
    from unnest(cast(:windows as integer[])) with ordinality as w (seconds, ordinality)
    join notify.emails e on e.kind = :kind and e.recipient_key = any(cast(:keys as text[])) and e.state <> 'suppressed'
        and e.created_at > clock_timestamp() - make_interval(secs => w.seconds)
    group by 1, 2
""")


def verdicts_of(
    connection: Connection, addresses: Sequence[str], settings: NotifySettings, kinds: Sequence[str]
) -> list[Verdict]:
    """What becomes of one more automatic e-mail to each address: queued, or suppressed with the reason.

    E-mails of these `kinds` count. The addresses stay locked until the caller's transaction ends.
    """
    if settings.acknowledgements == "off":
        return [Verdict("suppressed", "acknowledgements are switched off")] * len(addresses)
    addresses = [in_ascii(address) for address in addresses]
    keys = [recipient_key(address) for address in addresses]
    caps = caps_of(settings.acknowledgement_limits)
    closed = suppressed_among(connection, addresses)
    connection.execute(_LOCK_ADDRESSES, {"keys": keys})
    open_keys = [key for key, address in zip(keys, addresses, strict=True) if address.lower() not in closed]
    admitted = iter(admit(open_keys, caps, _had(connection, keys, caps, kinds)))
    verdicts = []
    for address in addresses:
        reason = closed.get(address.lower())
        broken = None if reason is not None else next(admitted)
        if reason is not None:
            verdicts.append(Verdict("suppressed", because_listed(reason)))
        elif broken is not None:
            verdicts.append(Verdict("suppressed", f"the address had its acknowledgements: {broken}"))
        else:
            verdicts.append(Verdict())
    return verdicts


def _had(
    connection: Connection, keys: Sequence[str], caps: Sequence[Cap], kinds: Sequence[str]
) -> Mapping[str, Sequence[int]]:
    """How many e-mails of these kinds each address had within each cap's window."""
    windows = [cap.seconds for cap in caps]
    had: dict[str, list[int]] = {}
    for kind in kinds:
        for row in connection.execute(_HAD, {"windows": windows, "keys": list(keys), "kind": kind}):
            had.setdefault(row.recipient_key, [0] * len(caps))[row.window - 1] += row.had
    return had
