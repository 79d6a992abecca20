"""Confirm a change of address by the link that was sent to the new one. Both keys of the ticket are then renewed."""

import hmac
import json
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.intake.addresses.pending import may_change, read_answered
from services.intake.deps import Deps
from services.intake.tickets.access import lock_submission
from services.intake.tickets.change_email import new_address_payload
from shared.errors import NotFound
from shared.events.contracts import address_change_confirmed, requester_address_changed
from shared.events.log import record
from shared.mail.addresses import folded_address
from shared.storage.database import autocommit
from shared.ticket_keys import confirmation_token

NO_CHANGE = "This link does not work, or no longer."

_FIND = text("""
    select reference, opened_by, key_number, personal ->> 'email' as email, confirmed_at from intake.address_changes
    where id = :change and reference = :reference and expires_at > clock_timestamp()
""")
_CONFIRM = text(
    "update intake.address_changes set confirmed_at = clock_timestamp(), personal = null where id = :change"
)
_CHANGE = text("""
    update intake.submissions
    set personal = jsonb_set(personal, '{email}', cast(:email as jsonb)), address = :address, key_number = :key_number,
        mail_state = null, mail_because = null, mail_event = :event
    where reference = :reference
""")


def find_address_change(deps: Deps, reference: str, change: UUID, token: str) -> str | None:
    """The new address; None when it was confirmed already. Raises NotFound as confirm_address_change does, and changes nothing."""
    _check_token(deps, reference, change, token)
    with autocommit(deps.engine) as connection:
        found = connection.execute(_FIND, {"change": change, "reference": reference}).one_or_none()
    if found is None:
        raise NotFound(NO_CHANGE)
    return None if found.confirmed_at else str(found.email)


def confirm_address_change(deps: Deps, reference: str, change: UUID, token: str, correlation_id: str) -> int:
    """Let it take effect, tell the old address, and return the number of the new keys. A second call changes nothing.

    Raises NotFound for a wrong link, after 24 hours, once another change was asked for or the keys were renewed otherwise, for a
    withdrawn ticket, and for a change that was begun with the receipt's key when the first answer was written meanwhile.
    """
    _check_token(deps, reference, change, token)
    with deps.engine.begin() as connection:
        row = lock_submission(connection, reference)
        found = connection.execute(_FIND, {"change": change, "reference": reference}).one_or_none()
        if row is None or found is None:
            raise NotFound(NO_CHANGE)
        if found.confirmed_at:
            return _confirmed_before(row, found)
        if found.key_number != row.key_number or not may_change(row, found.opened_by, read_answered(connection, row)):
            raise NotFound(NO_CHANGE)
        number = int(row.key_number) + 1
        event = _record(connection, row, found.email, number, correlation_id)
        values = {"reference": reference, "email": json.dumps(found.email), "address": folded_address(found.email)}
        connection.execute(_CHANGE, {**values, "key_number": number, "event": event})
        connection.execute(_CONFIRM, {"change": change})
        return number


def _check_token(deps: Deps, reference: str, change: UUID, token: str) -> None:
    genuine = confirmation_token(deps.settings.secret, reference, str(change))
    if not hmac.compare_digest(genuine.encode(), token.encode()):
        raise NotFound(NO_CHANGE)


def _confirmed_before(row: Row[Any], found: Row[Any]) -> int:
    number = int(found.key_number) + 1
    if row.key_number != number:
        raise NotFound(NO_CHANGE)
    return number


def _record(connection: Connection, row: Row[Any], email: str, number: int, correlation_id: str) -> int:
    """Report the new address, and to the old one that it was left. Returns the first event's number."""
    payload = {**new_address_payload(row, number), "confirmed": True}
    old = {"email": (row.personal or {}).get("email")}
    events = [
        requester_address_changed(row.reference, correlation_id, payload, {"email": email}),
        address_change_confirmed(row.reference, correlation_id, {"locale": row.locale}, old),
    ]
    return record(connection, events)[0]
