"""Put a checked file into the store, before the transaction that names it."""

from uuid_utils.compat import uuid7

from services.intake.submissions.event import StoredFile
from shared.attachments.check import CheckedFile
from shared.crash_points import crash_point
from shared.errors import TransientError, Unavailable
from shared.storage.object_store import ObjectStore, new_object_name

AWAY = "The file cannot be kept at the moment, so nothing was sent. Please try again."
FOLDER = "attachments"


def keep_file(store: ObjectStore, file: CheckedFile | None) -> StoredFile | None:
    """The file as stored. A ticket thus never names a missing file; an orphan is swept after a day.

    It is never deleted on a later error: the commit may have happened all the same. Raises Unavailable.
    """
    if file is None:
        return None
    crash_point("intake.file_checked")
    name = new_object_name(FOLDER)
    try:
        store.put(name, file.body, file.media_type)
    except TransientError as error:
        raise Unavailable(AWAY) from error
    crash_point("intake.file_stored")
    return StoredFile(uuid7(), name, file)
