"""Removes expired idempotency keys, and objects that no row names."""

from collections.abc import Callable

from sqlalchemy import Engine, text

from services.intake.attachments.store import FOLDER
from shared.crash_points import crash_point
from shared.storage.object_store import ObjectStore
from shared.storage.orphans import sweep_orphans

_EXPIRED = text("""
    delete from intake.idempotency where (kind, digest) in (
        select kind, digest from intake.idempotency where expires_at < clock_timestamp() limit 1000 for update skip locked)
""")

_KNOWN = text("""
    select object from intake.attachments where object = any(:names)
    union all select object from intake.staged_uploads where object = any(:names)
""")


def forget_expired(engine: Engine) -> bool:
    """Delete up to 1,000 expired keys; whether there may be more."""
    with engine.begin() as connection:
        more = connection.execute(_EXPIRED).rowcount == 1000
    crash_point("intake.keys_expired")
    return more


def sweep_files(engine: Engine, store: ObjectStore, may_go_on: Callable[[], bool]) -> int:
    """Delete files older than a day that no row names, while `may_go_on`; returns how many. Raises TransientError."""

    def known(names: list[str]) -> set[str]:
        with engine.connect() as connection:
            return set(connection.execute(_KNOWN, {"names": names}).scalars())

    return sweep_orphans(store, FOLDER, known, may_go_on)
