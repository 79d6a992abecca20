"""Deletes uploads that nobody used within a day, and objects that no row names."""

from collections.abc import Callable

from sqlalchemy import Engine, text

from services.triage.uploads.upload_file import FOLDER
from shared.crash_points import crash_point
from shared.storage.object_store import ObjectStore
from shared.storage.orphans import sweep_orphans

LIVES = "24 hours"
AT_ONCE = 100

_UNUSED = text(f"""
    delete from triage.uploads where id in (
        select id from triage.uploads u where created_at <= clock_timestamp() - interval '{LIVES}' and used_at is null
          -- The files of a message that is sent later, and of a draft.
          and not exists (select from triage.scheduled_messages m where m.uploads @> array[u.id] and m.uploads <> '{{}}')
        order by created_at limit {AT_ONCE} for update skip locked)
    returning object
""")
# The ticket's own row names the object by now.
_USED = text(f"""
    delete from triage.uploads where id in (
        select id from triage.uploads where created_at <= clock_timestamp() - interval '{LIVES}' and used_at is not null
          and state <> 'pending'
        order by created_at limit {AT_ONCE} for update skip locked)
""")
_KNOWN = text("""
    select object from triage.uploads where object = any(:names)
    union all select object from triage.attachments where object = any(:names) and object like 'uploads/%'
""")


def delete_unused(engine: Engine, store: ObjectStore) -> None:
    """Delete up to AT_ONCE uploads that were not used within LIVES, and as many rows of used ones. Raises TransientError."""
    with engine.begin() as connection:
        names = connection.execute(_UNUSED).scalars().all()
        connection.execute(_USED)
    crash_point("triage.uploads_expired")
    for name in names:
        store.delete(name)
        crash_point("triage.upload_deleted")


def sweep_uploads(engine: Engine, store: ObjectStore, may_go_on: Callable[[], bool]) -> int:
    """Delete objects older than a day that no row names, while `may_go_on`; returns how many. Raises TransientError."""

    def known(names: list[str]) -> set[str]:
        with engine.connect() as connection:
            return set(connection.execute(_KNOWN, {"names": names}).scalars())

    return sweep_orphans(store, FOLDER, known, may_go_on)
