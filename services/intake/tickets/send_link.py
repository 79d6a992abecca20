"""Send the link of one ticket again, with the mailed key, to the address that it has."""

from services.intake.deps import Deps
from services.intake.tickets.access import find_ticket
from services.intake.tickets.find_links import TOO_OFTEN
from shared.errors import Conflict, TooManyRequests
from shared.events.contracts import ticket_links_found
from shared.events.log import record
from shared.mail.addresses import folded_address
from shared.submission_fields import LONGEST_LOCALE

WITHDRAWN = "This ticket was withdrawn."


def send_link(deps: Deps, reference: str, key: str, locale: str, network: str, correlation_id: str) -> None:
    """Mail it. Raises NotFound, Conflict for a withdrawn ticket, and TooManyRequests by the limits of /t, which it shares."""
    with deps.engine.begin() as connection:
        row = find_ticket(connection, deps.settings.secret, reference, key).row
        email = (row.personal or {}).get("email")
        if email is None or row.status == "withdrawn":
            raise Conflict(WITHDRAWN)
        counted = (
            (deps.settings.links, "links", folded_address(email)),
            (deps.settings.submissions, "links-of-network", network),
        )
        if wait := max(deps.limiter.seconds_to_wait(*one) for one in counted):
            raise TooManyRequests(TOO_OFTEN, wait)
        ticket = {
            "reference": reference,
            "key_number": row.key_number,
            "category": row.category,
            "submitted_at": row.submitted_at.isoformat(),
        }
        payload = {"locale": locale[:LONGEST_LOCALE], "tickets": [ticket], "single": True}
        record(connection, [ticket_links_found(correlation_id, payload, {"email": email})])
    for one in counted:
        deps.limiter.count(*one)
