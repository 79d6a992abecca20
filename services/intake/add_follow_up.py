"""Take what a requester sends after the note: a message, a file, missing details."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, text
from uuid_utils.compat import uuid7

from services.intake.attachments.checks import CheckedFile
from services.intake.attachments.refusals import TicketFull
from services.intake.keep_file import keep_file
from services.intake.submitted_event import StoredFile
from services.intake.ticket_access import find_ticket
from shared.catalog.details import detail_faults, normalised_details
from shared.catalog.evidence import CANNOT_PROVIDE, missing_evidence
from shared.catalog.model import Catalog
from shared.crash_points import crash_point
from shared.errors import Conflict, Unprocessable
from shared.events.contracts import ticket_followed_up
from shared.events.log import record
from shared.store import ObjectStore

MOST_FILES = 10
WITHDRAWN = "This ticket was withdrawn. Please send a new note."


@dataclass(frozen=True)
class Addition:
    """What was sent, checked as far as it can be without the ticket."""

    message: str | None
    details: Mapping[str, object]
    file: CheckedFile | None

    def content(self) -> bytes:
        """SHA-256 over everything in it, so that a double click is seen."""
        file = [self.file.name, self.file.sha256] if self.file else None
        return hashlib.sha256(json.dumps([self.message, dict(self.details), file], sort_keys=True).encode()).digest()


@dataclass(frozen=True)
class Added:
    """What is still missing, and whether this had been sent before."""

    reference: str
    status: str
    missing_evidence: tuple[str, ...]
    replayed: bool


_MEDIA_TYPES = text("select media_type from intake.attachments where reference = :reference")

_TWICE = text("""
    select exists (select from intake.follow_ups
                   where reference = :reference and content = :content and sent_at > clock_timestamp() - interval '10 minutes')
""")

_ADD = text("""
    with added as (
        insert into intake.follow_ups (id, reference, content, personal)
        values (:id, :reference, :content, cast(:personal as jsonb))
    ), file as (
        insert into intake.attachments (id, reference, follow_up, object, name, media_type, size, sha256, state)
        select :file_id, :reference, :id, :object, :file_name, :media_type, :size, :sha256, :file_state
        where cast(:file_id as uuid) is not null
    )
    update intake.submissions
    set personal = jsonb_set(personal, '{details}', cast(:details as jsonb)), missing_evidence = :missing
    where reference = :reference
""")


def add_follow_up(
    engine: Engine,
    store: ObjectStore,
    catalog: Catalog,
    secret: str,
    reference: str,
    key: str,
    addition: Addition,
    correlation_id: str,
    language: str = "en",
) -> Added:
    """What is still missing once `addition` was taken; the same one within ten minutes is taken once.

    Raises NotFound, Conflict for a withdrawn ticket, Unprocessable for details that do not fit, TicketFull for an 11th file,
    Unavailable when the store is away and there is a file.
    """
    with engine.connect() as connection:
        _check(connection, catalog, find_ticket(connection, secret, reference, key), addition, language)
    file = keep_file(store, addition.file)
    with engine.begin() as connection:
        row = find_ticket(connection, secret, reference, key, lock=True)
        if _sent_before(connection, reference, addition):
            return Added(reference, row.status, tuple(row.missing_evidence), replayed=True)
        details, media_types = _check(connection, catalog, row, addition, language)
        added = _add(connection, catalog, row, addition, details, media_types, file, correlation_id)
        crash_point("intake.before_follow_up_commit")
    crash_point("intake.after_follow_up_commit")
    return added


def _check(
    connection: Connection, catalog: Catalog, row: Row[Any], addition: Addition, language: str
) -> tuple[dict[str, object], list[str]]:
    """All details the ticket would then have, and the media types of the files it has. Raises what does not fit."""
    if row.status == "withdrawn":
        raise Conflict(WITHDRAWN)
    category = catalog.categories[row.category]
    known = (row.personal or {}).get("details", {})
    merged = {**known, **addition.details}
    faults = {
        name: because for name, because in detail_faults(category, merged, language).items() if _sent(name, addition)
    }
    if faults:
        raise Unprocessable(faults)
    media_types = list(connection.execute(_MEDIA_TYPES, {"reference": row.reference}).scalars())
    if addition.file and len(media_types) >= MOST_FILES and not _sent_before(connection, row.reference, addition):
        raise TicketFull
    return normalised_details(category, merged), media_types


def _sent(fault: str, addition: Addition) -> bool:
    return fault.removeprefix("details.") in addition.details


def _sent_before(connection: Connection, reference: str, addition: Addition) -> bool:
    return bool(connection.execute(_TWICE, {"reference": reference, "content": addition.content()}).scalar_one())


def _add(
    connection: Connection,
    catalog: Catalog,
    row: Row[Any],
    addition: Addition,
    details: dict[str, object],
    media_types: list[str],
    file: StoredFile | None,
    correlation_id: str,
) -> Added:
    category = catalog.categories[row.category]
    all_types = [*media_types, file.checked.media_type] if file else media_types
    missing = missing_evidence(category, details, all_types)
    filled = [slot for slot in row.missing_evidence if slot not in missing and slot not in _refused(details)]
    follow_up: UUID = uuid7()
    payload = {
        "follow_up": str(follow_up),
        "attachments": [file.as_payload()] if file else [],
        "missing_evidence": list(missing),
        "filled": filled,
        "cannot_provide": sorted(_refused(details)),
    }
    names = {str(file.id): file.checked.name} if file else {}
    personal = {"message": addition.message, "details": details, "attachment_names": names}
    connection.execute(
        _ADD,
        {
            "id": follow_up,
            "reference": row.reference,
            "content": addition.content(),
            "personal": json.dumps({"message": addition.message, "details": dict(addition.details)}),
            "details": json.dumps(details),
            "missing": list(missing),
            **StoredFile.values(file),
        },
    )
    record(connection, [ticket_followed_up(row.reference, correlation_id, payload, personal)])
    return Added(row.reference, row.status, missing, replayed=False)


def _refused(details: Mapping[str, object]) -> set[str]:
    ids = details.get(CANNOT_PROVIDE)
    return {str(one) for one in ids} if isinstance(ids, list) else set()
