"""Cleans agents' uploads, used or not, and tells the tickets that have them."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from services.triage.tickets.check_attachments import FileResult, store_results
from shared.attachments.clean_files import CheckResult, FileTable, clean_files
from shared.attachments.decoders import Decoders
from shared.storage.leases import RELEASE
from shared.storage.object_store import ObjectStore

_RECORD = text(f"""
    update triage.uploads set state = :state, because = :because, {RELEASE}
    where id = :id and state = 'pending' returning object
""")
# A statement of its own: an action that used the upload may have committed while the one above waited for its lock.
_USED_AS = text("select id from triage.attachments where object = :object and object like 'uploads/%'")


def clean_uploads(engine: Engine, store: ObjectStore, decoders: Decoders, may_go_on: Callable[[], bool]) -> int:
    """Process pending uploads while `may_go_on`; returns how many are done."""
    return clean_files(UPLOADS, engine, store, decoders, may_go_on)


def _record_result(connection: Connection, row: Row[Any], result: CheckResult) -> None:
    name = connection.execute(
        _RECORD, {"id": row.id, "state": result.state, "because": result.because}
    ).scalar_one_or_none()
    if name is None:
        return  # another worker was faster
    attached = connection.execute(_USED_AS, {"object": name}).scalars()
    store_results(connection, [FileResult(str(file), result.state, result.because) for file in attached])


UPLOADS = FileTable("triage.uploads", _record_result)
