"""Announces disapprovals and application statuses by e-mail, without a ticket."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args
from uuid import uuid4, uuid5

from sqlalchemy import Connection

from services.triage.actions.disapprove import known_reasons
from shared.auth.principal import Principal
from shared.catalog.model import Catalog
from shared.errors import Unprocessable
from shared.events.contracts import Event, application_status_changed, item_disapproved
from shared.events.log import AnotherEvent, record, record_once

KEY_REUSED = "This key was used with another body before."

Status = Literal["received", "approved", "disapproved", "available"]
STATUSES: tuple[Status, ...] = get_args(Status)


def announce_disapproval(
    connection: Connection,
    catalog: Catalog,
    by: Principal,
    email: str,
    locale: str | None,
    item: str,
    reasons: Sequence[str],
    key: str | None = None,
) -> bool:
    """Announce that `item` (its URL or title) was disapproved. False if the call is a repeat with the same `key`.

    Raises Unprocessable for no or unknown reasons, and for a key that was used with another body.
    """
    payload = {"reasons": known_reasons(reasons, catalog), "locale": locale, "by": by.name}
    return _record(connection, by, key, item_disapproved(str(uuid4()), payload, {"email": email, "item": item}))


def announce_status(
    connection: Connection,
    catalog: Catalog,
    by: Principal,
    email: str,
    locale: str | None,
    item: str,
    status: Status,
    reasons: Sequence[str] = (),
    key: str | None = None,
) -> bool:
    """Announce the status of the application for `item`. False if the call is a repeat with the same `key`.

    Raises Unprocessable for unknown reasons, for reasons with another status than `disapproved`, and for a key that was used with
    another body.
    """
    if reasons and status != "disapproved":
        raise Unprocessable({"reasons": ["Only a disapproval has reasons."]})
    codes = known_reasons(reasons, catalog) if reasons else []
    payload = {"status": status, "reasons": codes, "locale": locale, "by": by.name}
    return _record(
        connection, by, key, application_status_changed(str(uuid4()), payload, {"email": email, "item": item})
    )


def _record(connection: Connection, by: Principal, key: str | None, event: Event) -> bool:
    """Record the event; False if it was recorded before. With a key the event's id is made from it and the caller's id (RFC 9562, 5.5), so
    that the event log, where ids are unique, finds the repeat."""
    if key is None:
        record(connection, [event])
        return True
    try:
        return record_once(connection, replace(event, event_id=uuid5(by.id, key)))
    except AnotherEvent as error:
        raise Unprocessable({"Idempotency-Key": [KEY_REUSED]}, KEY_REUSED) from error
