"""Remove what nobody needs any more: expired claims, and objects that no row names."""

import time
from collections.abc import Callable

from sqlalchemy import Engine, text

from services.intake.keep_file import FOLDER
from shared.store import ObjectStore

# An object is put before its row is committed, so a young one without a row may still get it (design: files).
ORPHAN_AGE = 24 * 3600

_EXPIRED = text("""
    delete from intake.idempotency where (kind, digest) in (
        select kind, digest from intake.idempotency where expires_at < clock_timestamp() limit 1000 for update skip locked)
""")

_KNOWN = text("""
    select object from intake.attachments where object = any(:names)
    union all select object from intake.staged_uploads where object = any(:names)
""")


def forget_expired(engine: Engine) -> bool:
    """Delete up to 1,000 expired claims; whether there may be more."""
    with engine.begin() as connection:
        return connection.execute(_EXPIRED).rowcount == 1000


def sweep_orphans(engine: Engine, store: ObjectStore, may_go_on: Callable[[], bool]) -> int:
    """Delete objects older than a day that no row names; returns how many. Raises TransientError when the store is away."""
    deleted = 0
    old = time.time() - ORPHAN_AGE
    batch: list[str] = []
    for name, put_at in store.listed(FOLDER):
        if not may_go_on():
            return deleted
        if put_at < old:
            batch.append(name)
        if len(batch) >= 500:
            deleted += _delete_unknown(engine, store, batch)
            batch = []
    return deleted + _delete_unknown(engine, store, batch)


def _delete_unknown(engine: Engine, store: ObjectStore, names: list[str]) -> int:
    if not names:
        return 0
    with engine.connect() as connection:
        known = set(connection.execute(_KNOWN, {"names": names}).scalars())
    orphans = [name for name in names if name not in known]
    for name in orphans:
        store.delete(name)
    return len(orphans)
