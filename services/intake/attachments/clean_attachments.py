"""Afterwards, for every file: a picture is replaced by a re-encoded copy, a PDF is looked through. A scanner would join in here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from services.intake.attachments.active_content import active_content
from services.intake.attachments.images import FORMATS
from services.intake.attachments.reencode import BrokenPicture, reencode_image
from shared.crash_points import crash_point
from shared.errors import TransientError
from shared.events.contracts import attachment_checked
from shared.events.log import record
from shared.runtime.logs import logger
from shared.storage.leases import EXTEND, RELEASE, is_free
from shared.storage.object_store import ObjectStore

# Twice as long as a file can take. Should its worker die, another begins anew: doing it twice does no harm.
LEASE_SECONDS = 60

_TAKE = text(f"""
    update intake.attachments set {EXTEND}, attempts = attempts + 1
    where id = (select id from intake.attachments a
                where state = 'pending' and not_before <= clock_timestamp() and {is_free("a")}
                order by not_before limit 1 for update skip locked)
    returning id, reference, object, media_type
""")

# 2, 4, 8 … seconds, at most five minutes: the store is away, and nothing else is wrong.
_LATER = text(f"""
    update intake.attachments
    set {RELEASE},
        not_before = clock_timestamp() + least(interval '5 minutes', power(2, least(attempts, 10)) * interval '1 second')
    where id = :id
""")

_SETTLE = text(f"""
    update intake.attachments a set state = :state, because = :because, {RELEASE}
    from intake.submissions s
    where a.id = :id and a.state = 'pending' and s.reference = a.reference
    returning s.correlation_id
""")

log = logger(__name__)


@dataclass(frozen=True)
class Verdict:
    """What became of a file, and why where there is something to say."""

    state: str
    because: str | None = None


def clean_attachments(engine: Engine, store: ObjectStore, may_go_on: Callable[[], bool]) -> int:
    """Treat files that wait, one by one, while `may_go_on`; returns how many were settled."""
    settled = 0
    while may_go_on():
        with engine.begin() as connection:
            row = connection.execute(_TAKE, {"lease": LEASE_SECONDS}).one_or_none()
        crash_point("intake.file_taken")
        if row is None:
            break
        settled += _treat(engine, store, row)
    return settled


def _treat(engine: Engine, store: ObjectStore, row: Row[Any]) -> int:
    """1 when the file is settled, 0 when the store is away and it waits."""
    try:
        verdict = judge(store, row.object, row.media_type)
    except TransientError as error:
        log.warning("file waits for the store", attachment=str(row.id), error=str(error))
        with engine.begin() as connection:
            connection.execute(_LATER, {"id": row.id})
        crash_point("intake.file_put_off")
        return 0
    with engine.begin() as connection:
        _settle(connection, row, verdict)
        crash_point("intake.verdict_written")
    crash_point("intake.file_settled")
    return 1


def judge(store: ObjectStore, object_name: str, media_type: str) -> Verdict:
    """The verdict on a file; a picture's object is replaced by its clean copy. Raises TransientError."""
    body = store.get(object_name)
    if media_type in FORMATS:
        try:
            clean = reencode_image(body, media_type)
        except BrokenPicture as error:
            return Verdict("quarantined", str(error))
        store.put(object_name, clean, media_type)
        crash_point("intake.picture_replaced")
        return Verdict("clean")
    active = active_content(body)
    return Verdict("not_scanned", f"active content: {', '.join(active)}" if active else None)


def _settle(connection: Connection, row: Row[Any], verdict: Verdict) -> None:
    correlation_id = connection.execute(
        _SETTLE, {"id": row.id, "state": verdict.state, "because": verdict.because}
    ).scalar_one_or_none()
    if correlation_id is None:
        return  # another was faster
    payload = {"attachment": str(row.id), "state": verdict.state, "because": verdict.because}
    record(connection, [attachment_checked(row.reference, correlation_id, payload)])
