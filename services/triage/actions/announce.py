"""E-mails without a ticket: something was disapproved, or an application moved on."""

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

KEY_TAKEN = "This key came with something else before."

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
    """Tell somebody that `item` (its address or title) was disapproved; False when `key` says that it was told before.

    Raises Unprocessable for no or unknown reasons, and for a key that came with something else.
    """
    payload = {"reasons": known_reasons(reasons, catalog), "locale": locale, "by": by.name}
    return _tell(connection, by, key, item_disapproved(str(uuid4()), payload, {"email": email, "item": item}))


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
    """Tell an applicant where the application for `item` is; False when `key` says that it was told before.

    Raises Unprocessable for unknown reasons, for reasons with anything but a disapproval, and for a key that came with something
    else.
    """
    if reasons and status != "disapproved":
        raise Unprocessable({"reasons": ["Only a disapproval has reasons."]})
    codes = known_reasons(reasons, catalog) if reasons else []
    payload = {"status": status, "reasons": codes, "locale": locale, "by": by.name}
    return _tell(connection, by, key, application_status_changed(str(uuid4()), payload, {"email": email, "item": item}))


def _tell(connection: Connection, by: Principal, key: str | None, event: Event) -> bool:
    """Without a key each call tells anew. With one the event's id is made of it and of who sends it (RFC 9562, 5.5), so the log itself,
    which has an id once, says that it was told."""
    if key is None:
        record(connection, [event])
        return True
    try:
        return record_once(connection, replace(event, event_id=uuid5(by.id, key)))
    except AnotherEvent as error:
        raise Unprocessable({"Idempotency-Key": [KEY_TAKEN]}, KEY_TAKEN) from error
