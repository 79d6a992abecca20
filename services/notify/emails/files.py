"""The files of an e-mail: named in its ledger row, and read from the store when it is sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.notify.compose.message import AttachedFile
from shared.events.contracts import RecordedEvent
from shared.storage.object_store import ObjectStore

# Bytes, of all files of one e-mail. Base64 makes 9.5 MiB of it, and many servers accept 10 MB.
MOST_BYTES = 7 * 1024 * 1024

FileRow = Mapping[str, Any]


def files_of(event: RecordedEvent) -> list[FileRow]:
    """The files that an agent's message brings, as the ledger keeps them."""
    names = event.personal.get("attachment_names") or {}
    return [
        {key: file[key] for key in ("id", "object", "media_type", "size")} | {"name": names.get(file["id"]) or "file"}
        for file in event.payload.get("attachments") or ()
    ]


def read_files(store: ObjectStore, files: Sequence[FileRow]) -> tuple[AttachedFile, ...]:
    """The files to attach; none where they are larger than MOST_BYTES together. Raises TransientError.

    A re-encoded image differs in size from what its row tells, so what was read is counted too.
    """
    if sum(file["size"] for file in files) > MOST_BYTES:
        return ()
    found: list[AttachedFile] = []
    for file in files:
        found.append(AttachedFile(file["name"], file["media_type"], store.get(file["object"])))
        if sum(len(each.body) for each in found) > MOST_BYTES:
            return ()
    return tuple(found)
