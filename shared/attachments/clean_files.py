"""Checks stored files once more: an image is replaced by a re-encoded copy, a PDF is searched for active content."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Engine, Row, TextClause, text

from shared.attachment_types import BY_MEDIA_TYPE
from shared.attachments.active_content import active_content
from shared.attachments.decoders import BrokenImage, Decoders
from shared.crash_points import crash_point
from shared.errors import TransientError
from shared.runtime.logs import logger
from shared.storage.leases import EXTEND, RELEASE, is_free
from shared.storage.object_store import ObjectStore

# Twice as long as a file can take. If its worker dies, another starts over: processing a file twice is harmless.
LEASE_SECONDS = 60
# While the store and PostgreSQL answer for one file, another is decoded. Each needs a connection to PostgreSQL, and a core now and then.
AT_ONCE = 2

log = logger(__name__)


@dataclass(frozen=True)
class CheckResult:
    """The new state of a file; `because`: what an agent should know of it."""

    state: str
    because: str | None = None


@dataclass(frozen=True)
class FileTable:
    """A service's table of files, with the columns id, object, media_type, frames, state, attempts, not_before, owner, leased_until.

    `record`: writes the result of a file that is still pending, frees its lease, and does what else follows, in one transaction. It
    changes nothing where another worker was faster.
    """

    name: str
    record: Callable[[Connection, Row[Any], CheckResult], None]

    @cached_property
    def lease_next(self) -> TextClause:
        """Parameter: `lease`, in seconds."""
        return text(f"""
            update {self.name} set {EXTEND}, attempts = attempts + 1
            where id = (select id from {self.name} a
                        where state = 'pending' and not_before <= clock_timestamp() and {is_free("a")}
                        order by not_before limit 1 for update skip locked)
            returning id, object, media_type, frames
        """)

    @cached_property
    def postpone(self) -> TextClause:
        """2, 4, 8 … seconds, at most five minutes, while the store is away."""
        return text(f"""
            update {self.name}
            set {RELEASE},
                not_before = clock_timestamp() + least(interval '5 minutes', power(2, least(attempts, 10)) * interval '1 second')
            where id = :id
        """)

    @cached_property
    def count_frames(self) -> TextClause:
        """Before the copy replaces the animation: who has to start over finds one frame."""
        return text(f"update {self.name} set frames = :frames where id = :id and state = 'pending' and frames is null")


def clean_files(
    table: FileTable, engine: Engine, store: ObjectStore, decoders: Decoders, may_go_on: Callable[[], bool]
) -> int:
    """Process pending files of the table, AT_ONCE at a time, while `may_go_on`; returns how many are done."""

    def next_row() -> Row[Any] | None:
        return _lease_next(table, engine) if may_go_on() else None

    def process_from(row: Row[Any] | None) -> int:
        done = 0
        while row is not None:
            done += _process(table, engine, store, decoders, row)
            row = next_row()
        return done

    first = next_row()
    if first is None:
        return 0  # nearly always: no thread is started for it
    with ThreadPoolExecutor(AT_ONCE) as threads:
        others = [threads.submit(lambda: process_from(next_row())) for _ in range(AT_ONCE - 1)]
        return process_from(first) + sum(other.result() for other in others)


def _lease_next(table: FileTable, engine: Engine) -> Row[Any] | None:
    with engine.begin() as connection:
        row = connection.execute(table.lease_next, {"lease": LEASE_SECONDS}).one_or_none()
    crash_point("files.leased")
    return row


def _process(table: FileTable, engine: Engine, store: ObjectStore, decoders: Decoders, row: Row[Any]) -> int:
    """1 when the file is done, 0 when something it needs is away and it waits."""
    try:
        result = process_file(table, engine, store, decoders, row)
    except TransientError as error:
        log.warning("file waits", attachment=str(row.id), error=str(error))
        with engine.begin() as connection:
            connection.execute(table.postpone, {"id": row.id})
        crash_point("files.put_off")
        return 0
    with engine.begin() as connection:
        table.record(connection, row, result)
        crash_point("files.outcome_written")
    crash_point("files.outcome_committed")
    return 1


def process_file(
    table: FileTable, engine: Engine, store: ObjectStore, decoders: Decoders, row: Row[Any]
) -> CheckResult:
    """What is found in the file of `row`; an image's object is replaced by its clean copy. Raises TransientError."""
    body = store.get(row.object)
    kind = BY_MEDIA_TYPE.get(row.media_type)
    if kind is None or kind.decoder is None:
        active = active_content(body)
        return CheckResult("not_scanned", f"active content: {', '.join(active)}" if active else None)
    try:
        clean = decoders.reencode(body, kind.decoder)
    except BrokenImage as error:
        return CheckResult("quarantined", str(error))
    frames = row.frames or clean.frames
    if frames > 1:
        with engine.begin() as connection:
            connection.execute(table.count_frames, {"id": row.id, "frames": frames})
        crash_point("files.frames_counted")
    store.put(row.object, clean.body, row.media_type)
    crash_point("files.picture_replaced")
    return CheckResult(
        "clean", f"an animation: only the first of its {frames} pictures is kept" if frames > 1 else None
    )
