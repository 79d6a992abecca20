"""Accepts a file of an agent's own, for a later action."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from sqlalchemy import Connection, Engine, text
from uuid_utils.compat import uuid7

from services.triage.idempotency import Request
from shared.attachments.check import check_file
from shared.crash_points import crash_point
from shared.errors import NotFound, TransientError, Unavailable
from shared.storage.object_store import ObjectStore, new_object_name

FOLDER = "uploads"
AWAY = "The file cannot be kept at the moment. Please try again."
DELETED = "This file was uploaded before, and is deleted."

_INSERT = text("""
    insert into triage.uploads (id, uploader, object, name, media_type, size, sha256, state)
    values (:id, :uploader, :object, :name, :media_type, :size, :sha256, :state)
""")
_FIND = text("select id, name, media_type, size, state from triage.uploads where id = :id")


@dataclass(frozen=True)
class Upload:
    """A file that its uploader may use once; `size` in bytes."""

    id: UUID
    name: str
    media_type: str
    size: int
    state: str = "pending"


@dataclass(frozen=True)
class Uploaded:
    """`replayed`: the file was uploaded before, by the same request."""

    upload: Upload
    replayed: bool = False


def upload_file(engine: Engine, store: ObjectStore, request: Request, name: str, body: bytes) -> Uploaded:
    """Check a file as a requester's is checked, and keep it for the caller of `request`, whose body must stand for name and content.

    It is in the store before its row is, so that no row names a missing object; that of a repeated request is swept as an orphan.
    Raises what check_file raises, Unavailable, Unprocessable for a key that stands for another file, NotFound for a deleted one.
    """
    file = check_file(name, body)
    # With a key the id is made from it, so that a repeat finds the file.
    identity = uuid7() if request.key is None else uuid5(request.caller, request.key)
    upload = Upload(identity, file.name, file.media_type, file.size)
    object_name = new_object_name(FOLDER)
    try:
        store.put(object_name, file.body, file.media_type)
    except TransientError as error:
        raise Unavailable(AWAY) from error
    crash_point("triage.upload_stored")
    values = {**vars(upload), "uploader": request.caller, "object": object_name, "sha256": file.sha256}
    with engine.begin() as connection:
        replayed = request.is_repeated(connection)
        if replayed:
            upload = _find(connection, identity)
        else:
            connection.execute(_INSERT, values)
    crash_point("triage.upload_committed")
    return Uploaded(upload, replayed)


def _find(connection: Connection, upload: UUID) -> Upload:
    row = connection.execute(_FIND, {"id": upload}).one_or_none()
    if row is None:
        raise NotFound(DELETED)
    return Upload(**row._mapping)
