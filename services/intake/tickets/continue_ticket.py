"""Open a ticket in the caller's transaction, for what is sent to one that was done with long ago."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from services.intake.submissions.event import StoredFile, submitted_event
from services.intake.submissions.submission import Note, folded_address
from services.intake.tickets.write_follow_up import FollowUp
from shared.catalog.model import Catalog
from shared.events.log import batch_document
from shared.ticket_keys import new_reference

_OPEN = text("""
    with submission as (
        insert into intake.submissions (reference, correlation_id, category, locale, platform, country, catalog, address, personal, follows)
        values (:reference, :correlation_id, :category, :locale, :platform, :country, :catalog, :address,
                cast(:personal as jsonb), :follows)
        returning submitted_at
    ), files as (
        insert into intake.attachments (id, reference, object, name, media_type, size, sha256, state)
        select file.id, :reference, file.object, file.name, file.media_type, file.size, file.sha256, file.state
        from jsonb_to_recordset(cast(:files as jsonb)) as file (
            id uuid, object text, name text, media_type text, size integer, sha256 text, state text)
    ), earlier as (
        select coalesce(jsonb_agg(jsonb_build_object(
                   'category', category, 'submitted_at', to_jsonb(submitted_at)) order by submitted_at desc), '[]') as tickets
        from (select category, submitted_at from intake.submissions
              where address = :address and submitted_at > now() - interval '90 days'
              order by submitted_at desc limit 50) as tickets
    )
    select events.record(jsonb_set(jsonb_set(cast(:batch as jsonb),
        '{0,payload,earlier_tickets}', earlier.tickets),
        '{0,payload,submitted_at}', to_jsonb(submission.submitted_at)))
    from submission, earlier
""")


def open_ticket(
    connection: Connection,
    catalog: Catalog,
    note: Note,
    sent: FollowUp,
    correlation_id: str,
    follows: str | None = None,
) -> str:
    """The new ticket's reference. `note` holds no file; those of `sent` are its files.

    Nothing is asked for again that an earlier ticket would ask for: no evidence counts as missing.
    """
    reference = new_reference()
    codes = {**sent.codes, **({"follows": follows} if follows else {})}
    submitted = submitted_event(catalog, reference, note, correlation_id, (), sent.files).telling(codes, sent.words)
    values = {
        "reference": reference,
        "correlation_id": correlation_id,
        "category": note.category,
        "locale": note.locale,
        "platform": note.platform,
        "country": note.country,
        "catalog": catalog.number,
        "address": folded_address(note.email),
        "personal": submitted.personal_json(),
        "follows": follows,
        "files": _rows(sent.files),
        "batch": batch_document([submitted.event]),
    }
    connection.execute(_OPEN, values)
    return reference


def continue_ticket(
    connection: Connection, catalog: Catalog, row: Row[Any], sent: FollowUp, correlation_id: str
) -> str:
    """The reference of a new ticket that goes on from the one in `row`, for the same person in the same matter."""
    personal = row.personal or {}
    category = catalog.resolve(row.category) or catalog.categories[row.category]
    note = Note(
        category=category.path,
        email=personal.get("email") or "",
        message=sent.message or "",
        locale=row.locale,
        details={**personal.get("details", {}), **sent.details},
        subject=personal.get("subject"),
        name=personal.get("name"),
        username=personal.get("username"),
        platform=row.platform,
        country=row.country,
    )
    return open_ticket(connection, catalog, note, sent, correlation_id, follows=row.reference)


def _rows(files: Sequence[StoredFile]) -> str:
    return json.dumps([file.as_row() for file in files])
