"""Cleans the files of submissions, and reports what was found."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from shared.attachments.clean_files import CheckResult, FileTable, clean_files
from shared.attachments.decoders import Decoders
from shared.events.contracts import attachment_checked
from shared.events.log import record
from shared.storage.leases import RELEASE
from shared.storage.object_store import ObjectStore

_RECORD = text(f"""
    update intake.attachments a set state = :state, because = :because, {RELEASE}
    from intake.submissions s
    where a.id = :id and a.state = 'pending' and s.reference = a.reference
    returning a.reference, s.correlation_id
""")


def clean_attachments(engine: Engine, store: ObjectStore, decoders: Decoders, may_go_on: Callable[[], bool]) -> int:
    """Process pending files while `may_go_on`; returns how many are done."""
    return clean_files(ATTACHMENTS, engine, store, decoders, may_go_on)


def _record_result(connection: Connection, row: Row[Any], result: CheckResult) -> None:
    done = connection.execute(_RECORD, {"id": row.id, "state": result.state, "because": result.because}).one_or_none()
    if done is None:
        return  # another worker was faster
    payload = {"attachment": str(row.id), "state": result.state, "because": result.because}
    record(connection, [attachment_checked(done.reference, done.correlation_id, payload)])


ATTACHMENTS = FileTable("intake.attachments", _record_result)
