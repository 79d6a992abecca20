"""Accepts a file of an agent's own, for a later action."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

from shared.attachments.check import check_file
from shared.auth.principal import Principal
from shared.crash_points import crash_point
from shared.errors import TransientError, Unavailable
from shared.storage.object_store import ObjectStore, new_object_name

FOLDER = "uploads"
AWAY = "The file cannot be kept at the moment. Please try again."

_INSERT = text("""
    insert into triage.uploads (id, uploader, object, name, media_type, size, sha256, state)
    values (:id, :uploader, :object, :name, :media_type, :size, :sha256, :state)
""")


@dataclass(frozen=True)
class Upload:
    """A file that its uploader may use once; `size` in bytes."""

    id: UUID
    name: str
    media_type: str
    size: int
    state: str = "pending"


def upload_file(engine: Engine, store: ObjectStore, uploader: Principal, name: str, body: bytes) -> Upload:
    """Check a file as a requester's is checked, and keep it for its uploader.

    It is in the store before its row is, so that no row names a missing object. Raises what check_file raises, and Unavailable.
    """
    file = check_file(name, body)
    upload = Upload(uuid7(), file.name, file.media_type, file.size)
    object_name = new_object_name(FOLDER)
    try:
        store.put(object_name, file.body, file.media_type)
    except TransientError as error:
        raise Unavailable(AWAY) from error
    crash_point("triage.upload_stored")
    values = {**vars(upload), "uploader": uploader.id, "object": object_name, "sha256": file.sha256}
    with engine.begin() as connection:
        connection.execute(_INSERT, values)
    crash_point("triage.upload_committed")
    return upload
