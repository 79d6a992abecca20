"""Objects that no row names: a process died between putting one and the commit that names it."""

import secrets
import time
from collections.abc import Callable, Collection, Iterator
from itertools import chain, takewhile

from shared.crash_points import crash_point
from shared.storage.object_store import ObjectStore

# An object is put before its row is committed, so a young one without a row may still get it (design: files).
ORPHAN_AGE = 24 * 3600
_LOOKED_AT_ONCE = 500

# Which of these objects some row names.
Known = Callable[[list[str]], Collection[str]]


def sweep_orphans(store: ObjectStore, folder: str, known: Known, may_go_on: Callable[[], bool]) -> int:
    """Delete objects below `folder` that are older than a day and not `known`, while `may_go_on`; returns how many.

    Raises TransientError when the store is away.
    """
    deleted = 0
    old = time.time() - ORPHAN_AGE
    batch: list[str] = []
    for name, put_at in _from_random_start(store, folder):
        if not may_go_on():
            break
        if put_at < old:
            batch.append(name)
        if len(batch) >= _LOOKED_AT_ONCE:
            deleted += _delete_unknown(store, batch, known)
            batch = []
    return deleted + _delete_unknown(store, batch, known)


def _from_random_start(store: ObjectStore, folder: str) -> Iterator[tuple[str, float]]:
    """All objects, from a random one on and round to it: a sweep that is out of time early would else never reach the last ones."""
    start = f"{folder}/{secrets.token_hex(4)}"
    return chain(
        store.list_objects(folder, after=start), takewhile(lambda entry: entry[0] <= start, store.list_objects(folder))
    )


def _delete_unknown(store: ObjectStore, names: list[str], known: Known) -> int:
    if not names:
        return 0
    named = known(names)
    orphans = [name for name in names if name not in named]
    for name in orphans:
        store.delete(name)
        crash_point("store.orphan_deleted")
    return len(orphans)
