"""Write a follow-up to its ticket, whatever way it came: rows and event, in the caller's transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Row, text
from uuid_utils.compat import uuid7

from services.intake.submissions.event import StoredFile
from shared.attachments.errors import TicketFull
from shared.catalog.details import normalised_details
from shared.catalog.evidence import CANNOT_PROVIDE, missing_evidence
from shared.catalog.model import Catalog
from shared.events.contracts import ticket_followed_up
from shared.events.log import record

MOST_FILES = 10


@dataclass(frozen=True)
class FollowUp:
    """What was sent. A repetition has the same `content`. `codes` and `words` are added to the event's payload and personal part.
    `by_machine`: an automatic mail, which provides no evidence. `source`: form, api or email."""

    content: bytes
    message: str | None
    details: Mapping[str, object] = field(default_factory=dict)
    files: Sequence[StoredFile] = ()
    codes: Mapping[str, object] = field(default_factory=dict)
    words: Mapping[str, object] = field(default_factory=dict)
    by_machine: bool = False
    source: str = "form"


_MEDIA_TYPES = text("select media_type from intake.attachments where reference = :reference")

_WRITE = text("""
    with added as (
        insert into intake.follow_ups (id, reference, content, personal, source, automatic, continued_by)
        values (:id, :reference, :content, cast(:personal as jsonb), :source, :automatic, :continued_by)
    ), files as (
        insert into intake.attachments (id, reference, follow_up, object, name, media_type, size, sha256, state)
        select file.id, :reference, :id, file.object, file.name, file.media_type, file.size, file.sha256, file.state
        from jsonb_to_recordset(cast(:files as jsonb)) as file (
            id uuid, object text, name text, media_type text, size integer, sha256 text, state text)
    )
    update intake.submissions
    set personal = jsonb_set(personal, '{details}', cast(:details as jsonb)), missing_evidence = :missing
    where reference = :reference
""")


def media_types_of(connection: Connection, reference: str) -> list[str]:
    """The media types of all files of a ticket."""
    return list(connection.execute(_MEDIA_TYPES, {"reference": reference}).scalars())


def write_follow_up(
    connection: Connection, catalog: Catalog, row: Row[Any], sent: FollowUp, correlation_id: str
) -> tuple[str, ...]:
    """The evidence that is then still missing. `row` is locked. Raises TicketFull for more files than a ticket holds."""
    category = catalog.categories[row.category]
    known = (row.personal or {}).get("details", {})
    details = normalised_details(category, {**known, **sent.details})
    media_types = media_types_of(connection, row.reference)
    if sent.files and len(media_types) + len(sent.files) > MOST_FILES:
        raise TicketFull
    all_types = [*media_types, *(file.checked.media_type for file in sent.files)]
    missing = tuple(row.missing_evidence) if sent.by_machine else missing_evidence(category, details, all_types)
    filled = [slot for slot in row.missing_evidence if slot not in missing and slot not in refused(details)]
    follow_up = str(uuid7())
    payload = {
        "follow_up": follow_up,
        "attachments": [file.as_payload() for file in sent.files],
        "missing_evidence": list(missing),
        "filled": filled,
        "cannot_provide": sorted(refused(details)),
        "source": sent.source,
        **sent.codes,
    }
    names = {str(file.id): file.checked.name for file in sent.files}
    personal = {"message": sent.message, "details": details, "attachment_names": names, **sent.words}
    connection.execute(_WRITE, {"id": follow_up, **_values(row.reference, sent, details, missing)})
    record(connection, [ticket_followed_up(row.reference, correlation_id, payload, personal)])
    return missing


def record_continuation(connection: Connection, row: Row[Any], sent: FollowUp, continued_by: str) -> None:
    """Show on the old ticket's page what was sent there and went to another ticket."""
    details = (row.personal or {}).get("details", {})
    bare = replace(sent, files=())
    values = _values(row.reference, bare, details, row.missing_evidence)
    connection.execute(_WRITE, {"id": str(uuid7()), **values, "continued_by": continued_by})


def refused(details: Mapping[str, object]) -> set[str]:
    """The ids of evidence that the requester cannot provide."""
    ids = details.get(CANNOT_PROVIDE)
    return {str(one) for one in ids} if isinstance(ids, list) else set()


def _values(reference: str, sent: FollowUp, details: Mapping[str, object], missing: Sequence[str]) -> dict[str, object]:
    return {
        "reference": reference,
        "content": sent.content,
        "personal": json.dumps({"message": sent.message, "details": dict(sent.details), **_of_a_mail(sent)}),
        "source": sent.source,
        "automatic": sent.by_machine,
        "details": json.dumps(details),
        "missing": list(missing),
        "files": json.dumps([file.as_row() for file in sent.files]),
        "continued_by": None,
    }


def _of_a_mail(sent: FollowUp) -> dict[str, object]:
    """What a mail quotes, and its sender where that is another address than the requester's."""
    return {name: sent.words[name] for name in ("quoted", "from") if sent.words.get(name)}
