"""Let a requester whom our mail does not reach give another address."""

import json

from sqlalchemy import Engine, text

from services.intake.submissions.submission import folded_address
from services.intake.submissions.validate import NO_EMAIL, REQUIRED
from services.intake.tickets.access import find_ticket
from shared.catalog.evidence import CANNOT_PROVIDE
from shared.catalog.formats import is_email
from shared.errors import Conflict, Unprocessable
from shared.events.contracts import requester_address_changed
from shared.events.log import record

# What notify says of a mail that will not arrive.
UNREACHED = ("bounced", "failed", "suppressed")
REACHED = "Our mail reaches you at the address you gave. To be answered elsewhere, tell us in a message."
THE_SAME = "Our mail to this address came back. Enter another one."

_MEND = text("""
    update intake.submissions
    set personal = jsonb_set(personal, '{email}', cast(:email as jsonb)), address = :address, mail_state = null, mail_because = null
    where reference = :reference
""")


def mend_address(engine: Engine, secret: str, reference: str, key: str, email: str, correlation_id: str) -> None:
    """From now on mail about the ticket goes to `email`, beginning with the acknowledgement.

    Raises NotFound, Unprocessable for what is no other address, Conflict when our mail arrives: so nobody makes us write to strangers.
    """
    given = email.strip()
    with engine.begin() as connection:
        row = find_ticket(connection, secret, reference, key, lock=True)
        personal = row.personal or {}
        if not given or not is_email(given):
            raise Unprocessable({"email": [NO_EMAIL if given else REQUIRED]})
        if row.mail_state not in UNREACHED or row.status == "withdrawn":
            raise Conflict(REACHED)
        if given.lower() == str(personal.get("email", "")).lower():
            raise Unprocessable({"email": [THE_SAME]})
        values = {"reference": reference, "email": json.dumps(given), "address": folded_address(given)}
        connection.execute(_MEND, values)
        payload = {
            "category": row.category,
            "locale": row.locale,
            "key_number": row.key_number,
            "missing_evidence": list(row.missing_evidence),
            "cannot_provide": personal.get("details", {}).get(CANNOT_PROVIDE, []),
        }
        record(connection, [requester_address_changed(reference, correlation_id, payload, {"email": given})])
