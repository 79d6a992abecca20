"""Attaches an agent's uploads to a message or an internal note."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text
from uuid_utils.compat import uuid7

from shared.auth.principal import Principal
from shared.errors import Unprocessable

FIELD = "attachments"
MOST_FILES = 10
# Bytes, of all files of one message together.
MOST_BYTES = 10 * 1024 * 1024
REPEATED = "Each can be used once."
TOO_LARGE = "At most 10 MiB together."
# States in which a file may be sent.
CHECKED = ("clean", "not_scanned")

# In one order, so that two actions that name the same uploads do not wait for each other.
_LOCK = text("""
    select id, uploader, object, name, media_type, size, sha256, state, because, used_at, bulk from triage.uploads
    where id = any(cast(:ids as uuid[])) order by id for update
""")
_USE = text("""
    update triage.uploads set used_at = clock_timestamp(), bulk = coalesce(cast(:bulk as uuid), bulk)
    where id = any(cast(:ids as uuid[])) and used_at is null
""")
_ATTACH = text("""
    insert into triage.attachments (id, ticket, entry, internal, object, name, media_type, size, sha256, state, remark)
    select id, :ticket, :entry, :internal, object, name, media_type, size, sha256, state, remark
    from jsonb_to_recordset(cast(:files as jsonb)) as file (id uuid, object text, name text, media_type text, size bigint,
        sha256 text, state text, remark text)
""")
_OF_ENTRY = text("""
    select id, object, name, media_type, size, sha256, state, remark from triage.attachments
    where ticket = :ticket and entry = :entry order by position
""")


@dataclass(frozen=True)
class AttachedFile:
    """A file of a message, as its ticket has it."""

    id: UUID
    object: str
    name: str
    media_type: str
    size: int
    sha256: str
    state: str
    remark: str | None


@dataclass(frozen=True)
class MessageFiles:
    """The files of one timeline entry, in the order in which its writer named them."""

    files: tuple[AttachedFile, ...] = ()

    @property
    def are_checked(self) -> bool:
        """Whether all may be sent."""
        return all(file.state in CHECKED for file in self.files)

    @property
    def quarantined(self) -> list[AttachedFile]:
        """Those that may never be sent."""
        return [file for file in self.files if file.state == "quarantined"]

    def payload(self) -> list[dict[str, Any]]:
        """As events carry them, without their names, which are personal."""
        keys = ("id", "object", "media_type", "size", "sha256", "state")
        return [{key: getattr(file, key) for key in keys} | {"id": str(file.id)} for file in self.files]

    def names(self) -> Mapping[str, str]:
        """The names by id."""
        return {str(file.id): file.name for file in self.files}


def attach_uploads(
    connection: Connection,
    by: Principal,
    ticket: str,
    entry: int,
    uploads: Sequence[str],
    *,
    internal: bool = False,
    bulk: UUID | None = None,
) -> MessageFiles:
    """Attach the uploads to the ticket's timeline entry, whose writer they must belong to; each can be used once.

    `internal`: the files are for agents only. `bulk`: the entry is part of it, which may use those that it reserved for each of its
    tickets. Raises Unprocessable for an upload that is unknown, used, another person's or named
    twice, and for files that are too large together.
    """
    if not uploads:
        return MessageFiles()
    found = _lock_unused(connection, by, uploads, bulk)
    files = tuple(
        AttachedFile(uuid7(), row.object, row.name, row.media_type, row.size, row.sha256, row.state, row.because)
        for row in found
    )
    document = json.dumps([{**vars(file), "id": str(file.id)} for file in files])
    connection.execute(_USE, {"ids": [str(row.id) for row in found], "bulk": None})
    connection.execute(_ATTACH, {"ticket": ticket, "entry": entry, "internal": internal, "files": document})
    return MessageFiles(files)


def reserve_uploads(connection: Connection, by: Principal, uploads: Sequence[str], bulk: UUID) -> None:
    """Keep the uploads for the tickets of a bulk: nothing else can use them then. Raises what attach_uploads raises."""
    if uploads:
        found = _lock_unused(connection, by, uploads)
        connection.execute(_USE, {"ids": [str(row.id) for row in found], "bulk": bulk})


def files_of_entry(connection: Connection, ticket: str, entry: int) -> MessageFiles:
    """The files that are attached to a timeline entry, as they are now."""
    rows = connection.execute(_OF_ENTRY, {"ticket": ticket, "entry": entry})
    return MessageFiles(tuple(AttachedFile(**row._mapping) for row in rows))


def _lock_unused(
    connection: Connection, by: Principal, uploads: Sequence[str], bulk: UUID | None = None
) -> list[Row[Any]]:
    """The uploads' rows, locked, in the order given; those reserved for `bulk` count as unused. Raises Unprocessable."""
    wanted = [_number(upload) for upload in uploads]
    ids = [number for number in wanted if number is not None]
    if len(set(ids)) < len(ids):
        raise Unprocessable({FIELD: [REPEATED]})
    rows = {row.id: row for row in connection.execute(_LOCK, {"ids": [str(number) for number in ids]})}
    found = [rows.get(number) for number in wanted]
    usable = [row for row in found if row is not None and row.uploader == by.id and _is_usable(row, bulk)]
    if len(usable) < len(wanted):
        raise Unprocessable({FIELD: ["Each must be an upload of your own that was not used yet."]})
    if sum(row.size for row in usable) > MOST_BYTES:
        raise Unprocessable({FIELD: [TOO_LARGE]})
    return usable


def _is_usable(row: Row[Any], bulk: UUID | None) -> bool:
    return row.used_at is None or (bulk is not None and row.bulk == bulk)


def _number(upload: str) -> UUID | None:
    try:
        return UUID(upload)
    except ValueError:
        return None
