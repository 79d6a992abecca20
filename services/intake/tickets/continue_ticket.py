"""Open a ticket in the caller's transaction, for what is sent to one that was closed long ago."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from services.intake.submissions.event import StoredFile, submitted_event
from services.intake.submissions.submission import Submission
from services.intake.tickets.write_follow_up import FollowUp
from shared.auth.blocked_senders import blocked_among, sender_of
from shared.catalog.model import Catalog
from shared.events.log import batch_document
from shared.mail.addresses import folded_address
from shared.submission_fields import CODES, PERSONAL
from shared.ticket_keys import new_reference

_COLUMNS = ", ".join(CODES)
_VALUES = ", ".join(f":{name}" for name in CODES)

_OPEN = text(f"""
    with submission as (
        insert into intake.submissions (reference, correlation_id, {_COLUMNS}, catalog, address, personal, follows)
        values (:reference, :correlation_id, {_VALUES}, :catalog, :address,
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
        '{{0,payload,earlier_tickets}}', earlier.tickets),
        '{{0,payload,submitted_at}}', to_jsonb(submission.submitted_at)))
    from submission, earlier
""")


def open_ticket(
    connection: Connection,
    catalog: Catalog,
    submission: Submission,
    sent: FollowUp,
    correlation_id: str,
    follows: str | None = None,
) -> str:
    """The new ticket's reference. `submission` holds no file; the ticket's files are those of `sent`.

    No evidence counts as missing, since the earlier ticket asked for it already.
    """
    reference = new_reference()
    event = submitted_event(catalog, reference, submission, correlation_id, (), sent.files, sent.source)
    sender = sender_of({"email": submission.email, **sent.words})
    marks = {"follows": follows, "blocked": bool(blocked_among(connection, [sender]))}
    submitted = event.extended({**sent.codes, **{name: mark for name, mark in marks.items() if mark}}, sent.words)
    values = {
        "reference": reference,
        "correlation_id": correlation_id,
        **{name: submission.fields.get(name) for name in CODES},
        "catalog": catalog.number,
        "address": folded_address(submission.email),
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
    """The reference of a new ticket that continues the one in `row`, for the same person in the same matter."""
    personal = row.personal or {}
    category = catalog.resolve(row.category) or catalog.categories[row.category]
    fields = {
        **{name: getattr(row, name) for name in CODES},
        **{name: personal.get(name) for name in PERSONAL},
        "category": category.path,
        "message": sent.message or "",
    }
    submission = Submission(fields, {**personal.get("details", {}), **sent.details})
    return open_ticket(connection, catalog, submission, sent, correlation_id, follows=row.reference)


def _rows(files: Sequence[StoredFile]) -> str:
    return json.dumps([file.as_row() for file in files])
