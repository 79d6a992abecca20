"""Ask for another address of a ticket: it takes effect when a link sent to the new one is confirmed."""

import json

from sqlalchemy import text
from uuid_utils.compat import uuid7

from services.intake.addresses.pending import may_change, read_answered
from services.intake.deps import Deps
from services.intake.tickets.access import find_ticket
from shared.errors import Conflict, TooManyRequests, Unprocessable
from shared.events.contracts import address_change_requested
from shared.events.log import record
from shared.i18n.marker import gettext_noop
from shared.mail.addresses import folded_address, in_ascii, visible
from shared.submission_fields import LONGEST_LOCALE
from shared.submission_values import REQUIRED, email_error

TOO_OFTEN = gettext_noop("The address was changed often in a short time. Please try again later.")
NOT_WITH_THIS_KEY = gettext_noop(
    "We have answered by e-mail. To change the address, open this page by the link in our e-mail."
)
THE_PRESENT_ONE = gettext_noop("This is the address that we write to. Enter another one.")

# The newest change counts; the link of an earlier one leads nowhere then.
_ASK = text("""
    insert into intake.address_changes (id, reference, opened_by, key_number, personal)
    values (:id, :reference, :opened_by, :key_number, cast(:personal as jsonb))
    on conflict (reference) do update
    set id = excluded.id, opened_by = excluded.opened_by, key_number = excluded.key_number, personal = excluded.personal,
        asked_at = excluded.asked_at, expires_at = excluded.expires_at, confirmed_at = null
""")


def request_address_change(
    deps: Deps, reference: str, key: str, email: str, locale: str, network: str, correlation_id: str
) -> None:
    """Have a link sent to `email`, valid for 24 hours. Until it is confirmed nothing else changes.

    Raises NotFound; Unprocessable for an invalid or unchanged address; Conflict for a withdrawn ticket, and with the receipt's key
    after the first answer; TooManyRequests beyond the limits of the ticket, of the new address and of the network.
    """
    counted = (
        (deps.settings.follow_ups, "follow-ups", reference),
        (deps.settings.links, "address-change", folded_address(email)),
        (deps.settings.submissions, "links-of-network", network),
    )
    if wait := max(deps.limiter.seconds_to_wait(*one) for one in counted):
        raise TooManyRequests(TOO_OFTEN, wait)
    _ask(deps, reference, key, visible(email), locale[:LONGEST_LOCALE], correlation_id)
    for one in counted:
        deps.limiter.count(*one)


def _ask(deps: Deps, reference: str, key: str, email: str, locale: str, correlation_id: str) -> None:
    with deps.engine.begin() as connection:
        opened = find_ticket(connection, deps.settings.secret, reference, key, lock=True)
        row = opened.row
        if not may_change(row, opened.key, read_answered(connection, row)):
            raise Conflict(NOT_WITH_THIS_KEY)
        if error := email_error(email, smtputf8=deps.settings.smtputf8) if email else REQUIRED:
            raise Unprocessable({"email": [error]})
        if in_ascii(email).lower() == in_ascii(str((row.personal or {}).get("email", ""))).lower():
            raise Unprocessable({"email": [THE_PRESENT_ONE]})
        change = str(uuid7())
        values = {"id": change, "reference": reference, "opened_by": opened.key, "key_number": row.key_number}
        connection.execute(_ASK, {**values, "personal": json.dumps({"email": email})})
        payload = {"change": change, "locale": locale}
        record(connection, [address_change_requested(reference, correlation_id, payload, {"email": email})])
