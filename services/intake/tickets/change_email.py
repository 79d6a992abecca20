"""Change the e-mail address of a ticket whose requester our mail does not reach."""

import json
from typing import Any

from sqlalchemy import Row, text

from services.intake.addresses.request_address_change import NOT_WITH_THIS_KEY
from services.intake.deps import Deps
from services.intake.tickets.access import find_ticket
from services.intake.tickets.receive_follow_up import TOO_MANY
from services.intake.tickets.view_ticket import UNREACHED
from shared.catalog.evidence import CANNOT_PROVIDE
from shared.errors import Conflict, TooManyRequests, Unprocessable
from shared.events.contracts import requester_address_changed
from shared.events.log import record
from shared.i18n.marker import gettext_noop
from shared.mail.addresses import differs_by_idna_version, folded_address, in_ascii, visible
from shared.submission_values import REQUIRED, email_error

REACHED = gettext_noop("Our mail reaches you at the address you gave. To be answered elsewhere, tell us in a message.")
THE_SAME = gettext_noop("Our mail to this address came back. Enter another one.")

_CHANGE = text("""
    update intake.submissions
    set personal = jsonb_set(personal, '{email}', cast(:email as jsonb)), address = :address, mail_state = null, mail_because = null,
        mail_event = :event, answers_shown_from = case when :hides_answers then clock_timestamp() else answers_shown_from end
    where reference = :reference
""")


def change_email(deps: Deps, reference: str, key: str, email: str, correlation_id: str) -> None:
    """Send all further mail about the ticket to `email`, beginning with the acknowledgement; counts as a follow-up.

    Raises NotFound, Unprocessable for an invalid or unchanged address, TooManyRequests, and Conflict while our mail arrives: nobody
    can make us write to strangers.
    """
    limits = deps.settings.follow_ups
    if wait := deps.limiter.seconds_to_wait(limits, "follow-ups", reference):
        raise TooManyRequests(TOO_MANY, wait)
    _change(deps, reference, key, visible(email), correlation_id)
    deps.limiter.count(limits, "follow-ups", reference)


def _change(deps: Deps, reference: str, key: str, email: str, correlation_id: str) -> None:
    with deps.engine.begin() as connection:
        opened = find_ticket(connection, deps.settings.secret, reference, key, lock=True)
        row = opened.row
        personal = row.personal or {}
        if error := email_error(email, smtputf8=deps.settings.smtputf8) if email else REQUIRED:
            raise Unprocessable({"email": [error]})
        if row.mail_state not in UNREACHED or row.status == "withdrawn":
            raise Conflict(REACHED)
        if opened.key == "receipt" and row.has_merged:
            raise Conflict(NOT_WITH_THIS_KEY)
        if _came_back(row, str(personal.get("email", "")), email):
            raise Unprocessable({"email": [THE_SAME]})
        payload = new_address_payload(row, row.key_number)
        [event] = record(connection, [requester_address_changed(reference, correlation_id, payload, {"email": email})])
        values = {"reference": reference, "email": json.dumps(email), "address": folded_address(email), "event": event}
        # Whoever has the receipt's key alone has not shown that our answers so far were for them.
        connection.execute(_CHANGE, values | {"hides_answers": opened.key == "receipt"})


def new_address_payload(row: Row[Any], key_number: int) -> dict[str, Any]:
    """The payload of RequesterAddressChanged for the ticket in a submission's row."""
    return {
        "category": row.category,
        "locale": row.locale,
        "key_number": key_number,
        "missing_evidence": list(row.missing_evidence),
        "cannot_provide": (row.personal or {}).get("details", {}).get(CANNOT_PROVIDE, []),
    }


def _came_back(row: Row[Any], present: str, given: str) -> bool:
    """Whether our mail to `given` came back. What 0.1.0 mailed to another domain's name (IDNA 2003) was no mail to it."""
    went_elsewhere = differs_by_idna_version(present) and row.mail_event < (row.address_event or 0)
    return in_ascii(given).lower() == in_ascii(present).lower() and not went_elsewhere
