"""Files that passed every check but came with a submission that was refused: kept for an hour for the form that sent them.

The token in the form is needed to use or remove a file; no URL serves it. The row is written before the object, so that the bounds
hold whatever happens in between.
"""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text
from uuid_utils.compat import uuid7

from services.intake.attachments.store import FOLDER
from services.intake.submissions.submission import Upload
from shared.attachments.check import CheckedFile
from shared.attachments.errors import FIELD
from shared.crash_points import crash_point
from shared.errors import TooManyRequests, TransientError, Unprocessable
from shared.i18n.marker import gettext_noop
from shared.storage.object_store import NoSuchObject, ObjectStore, new_object_name

LIVES = "1 hour"
LIVES_SECONDS = 3600
# Files below 2 MiB each: 40 MiB for one household or office, and 1 GiB for all, which a small disk can spare.
MOST_OF_NETWORK = 20
MOST_IN_ALL = 500

GONE = gettext_noop("This file was kept for an hour, which is over. Please choose it once more.")

# One at a time, so that two requests cannot both use the last free slot. Any number that no other lock of ours uses.
_LOCK = text("select pg_advisory_xact_lock(7305001)")

_RESERVE = text("""
    insert into intake.staged_uploads (id, holder, network, object, name, media_type, size, sha256)
    select :id, :holder, :network, :object, :name, :media_type, :size, :sha256
    from (select count(*) as in_all, count(*) filter (where network = :network) as of_network from intake.staged_uploads) as kept
    where kept.in_all < :most_in_all and kept.of_network < :most_of_network
    returning id
""")

_FIND = text(f"""
    select object, name, size, sha256 from intake.staged_uploads
    where holder = :holder and staged_at > clock_timestamp() - interval '{LIVES}'
""")

_REMOVE = text("delete from intake.staged_uploads where holder = :holder returning object")

_EXPIRED = text(f"""
    delete from intake.staged_uploads where id in (
        select id from intake.staged_uploads where staged_at <= clock_timestamp() - interval '{LIVES}'
        order by staged_at limit 100 for update skip locked)
    returning object
""")


@dataclass(frozen=True)
class StagedFile:
    """A file kept for its form. `token` gives access to it; `size` in bytes."""

    token: str
    name: str
    size: int


def stage_file(engine: Engine, store: ObjectStore, file: CheckedFile, network: str) -> StagedFile:
    """Keep a checked file for an hour. Raises TooManyRequests when too many are kept, TransientError."""
    token = secrets.token_urlsafe(24)
    name = new_object_name(FOLDER)
    with engine.begin() as connection:
        _reserve(connection, file, token, name, network)
    crash_point("intake.upload_reserved")
    try:
        store.put(name, file.body, file.media_type)
    except TransientError:
        with engine.begin() as connection:
            connection.execute(_REMOVE, {"holder": _holder(token)})
        crash_point("intake.upload_cancelled")
        raise
    crash_point("intake.upload_stored")
    return StagedFile(token, file.name, file.size)


def find_staged(engine: Engine, token: str) -> StagedFile | None:
    """The file of `token`; None when there is none or its hour is over."""
    with engine.connect() as connection:
        row = connection.execute(_FIND, {"holder": _holder(token)}).one_or_none()
    return StagedFile(token, row.name, row.size) if row else None


def read_staged(engine: Engine, store: ObjectStore, token: str) -> Upload:
    """The file itself, to be sent with its submission; it stays, so that a form edited after Back has it too.

    Raises Unprocessable when the hour is over, TransientError.
    """
    with engine.connect() as connection:
        row = connection.execute(_FIND, {"holder": _holder(token)}).one_or_none()
    if row is None:
        raise Unprocessable({FIELD: [GONE]}, GONE)
    try:
        body = store.get(row.object)
    except NoSuchObject as error:
        raise Unprocessable({FIELD: [GONE]}, GONE) from error
    return Upload(row.name, body)


def remove_staged(engine: Engine, store: ObjectStore, token: str) -> None:
    """Remove a file. If the store is away, the sweep of orphans deletes the object later."""
    with engine.begin() as connection:
        names = connection.execute(_REMOVE, {"holder": _holder(token)}).scalars().all()
    crash_point("intake.upload_removed")
    for name in names:
        with suppress(TransientError):
            store.delete(name)
            crash_point("intake.upload_deleted")


def sweep_staged(engine: Engine, store: ObjectStore) -> bool:
    """Remove up to 100 files whose hour is over; whether there may be more. Raises TransientError."""
    with engine.begin() as connection:
        names = connection.execute(_EXPIRED).scalars().all()
    crash_point("intake.uploads_expired")
    for name in names:
        store.delete(name)
        crash_point("intake.expired_deleted")
    return len(names) == 100


def _reserve(connection: Connection, file: CheckedFile, token: str, name: str, network: str) -> None:
    connection.execute(_LOCK)
    values = {
        "id": uuid7(),
        "holder": _holder(token),
        "network": network,
        "object": name,
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "most_in_all": MOST_IN_ALL,
        "most_of_network": MOST_OF_NETWORK,
    }
    if connection.execute(_RESERVE, values).one_or_none() is None:
        raise TooManyRequests("Too many files are kept already.", LIVES_SECONDS)


def _holder(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
