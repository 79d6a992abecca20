"""Add what a requester sends after the submission: a message, a file, missing details."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from services.intake.attachments.store import keep_file
from services.intake.deps import Deps
from services.intake.tickets.access import find_ticket
from services.intake.tickets.current_ticket import add_to_current_ticket
from services.intake.tickets.write_follow_up import MOST_FILES, FollowUp, media_types_of
from shared.attachments.check import CheckedFile
from shared.attachments.errors import TicketFull
from shared.catalog.details import detail_errors
from shared.crash_points import crash_point
from shared.errors import Conflict, Unprocessable
from shared.i18n.marker import gettext_noop

WITHDRAWN = gettext_noop("This ticket was withdrawn. Please send a new note.")


@dataclass(frozen=True)
class Addition:
    """What was sent, checked as far as it can be without the ticket."""

    message: str | None
    details: Mapping[str, object]
    file: CheckedFile | None
    source: str = "form"

    def content(self) -> bytes:
        """SHA-256 over everything in it, so that a double click is recognised."""
        file = [self.file.name, self.file.sha256] if self.file else None
        return hashlib.sha256(json.dumps([self.message, dict(self.details), file], sort_keys=True).encode()).digest()


@dataclass(frozen=True)
class Added:
    """What is still missing, and whether this had been sent before."""

    reference: str
    status: str
    missing_evidence: tuple[str, ...]
    replayed: bool


# "Yes" to another question of ours is not sent twice.
_TWICE = text("""
    select coalesce(f.continued_by, f.reference) from intake.follow_ups f
    where f.reference = :reference and f.content = :content and f.sent_at > clock_timestamp() - interval '10 minutes'
      and not exists (select from intake.answers a where a.reference = f.reference and a.at > f.sent_at)
    order by f.sent_at desc limit 1
""")


def add_follow_up(
    deps: Deps, reference: str, key: str, addition: Addition, correlation_id: str, language: str = "en"
) -> Added:
    """Add it, and return what is still missing. A repeat within ten minutes is ignored.

    What is sent to a ticket resolved 14 days ago or earlier goes into a new one, which the answer then names.

    Raises NotFound, Conflict for a withdrawn ticket, Unprocessable for details that do not fit, TicketFull for an 11th file,
    Unavailable when the store is away and there is a file.
    """
    catalog, secret = deps.catalog, deps.settings.secret
    with deps.engine.connect() as connection:
        row = find_ticket(connection, secret, reference, key).row
        if earlier := _sent_before(connection, reference, addition):
            return _again(earlier, row)  # a retry need not fill the store again
        _check(deps, connection, row, addition, language)
    file = keep_file(deps.store, addition.file)
    with deps.engine.begin() as connection:
        row = find_ticket(connection, secret, reference, key, lock=True).row
        if earlier := _sent_before(connection, reference, addition):
            return _again(earlier, row)
        _check(deps, connection, row, addition, language)
        sent = FollowUp(
            addition.content(), addition.message, addition.details, [file] if file else [], source=addition.source
        )
        added_to = add_to_current_ticket(connection, catalog, row, sent, correlation_id)
        crash_point("intake.follow_up_written")
    crash_point("intake.follow_up_accepted")
    return Added(added_to.reference, added_to.status, added_to.missing_evidence, replayed=False)


def _again(earlier: str, row: Row[Any]) -> Added:
    return Added(earlier, row.status, tuple(row.missing_evidence), replayed=True)


def _check(deps: Deps, connection: Connection, row: Row[Any], addition: Addition, language: str) -> None:
    """Raises Conflict, Unprocessable, TicketFull."""
    if row.status == "withdrawn":
        raise Conflict(WITHDRAWN)
    category = deps.catalog.categories[row.category]
    merged = {**(row.personal or {}).get("details", {}), **addition.details}
    found = detail_errors(category, merged, language, smtputf8=deps.settings.smtputf8)
    errors = {name: because for name, because in found.items() if _sent(name, addition)}
    if errors:
        raise Unprocessable(errors)
    if addition.file and not row.resolved_long_ago and _is_full(connection, row.reference, addition):
        raise TicketFull


def _is_full(connection: Connection, reference: str, addition: Addition) -> bool:
    full = len(media_types_of(connection, reference)) >= MOST_FILES
    return full and not _sent_before(connection, reference, addition)


def _sent(name: str, addition: Addition) -> bool:
    return name.removeprefix("details.") in addition.details


def _sent_before(connection: Connection, reference: str, addition: Addition) -> str | None:
    """Where the same one went within the last ten minutes."""
    same = {"reference": reference, "content": addition.content()}
    earlier: str | None = connection.execute(_TWICE, same).scalar_one_or_none()
    return earlier
