"""Send an e-mail again, as the same message."""

from sqlalchemy import Connection, text

from services.notify.emails.ledger import RESENT_TO, state_changed
from services.notify.emails.query import WholeEmail
from shared.errors import Conflict
from shared.events.log import record

_RESEND = text(f"""
    update notify.emails set state = 'queued', because = :because, attempts = 0, deferred_since = null,
        not_before = clock_timestamp(), {RESENT_TO}
    where id = :id and state <> 'sending'
    returning id, ticket, kind, correlation_id, event_id, participant
""")
_BECAUSE = "sent again by hand"


def resend_email(connection: Connection, email: WholeEmail) -> None:
    """Queue the e-mail again, whatever its state; the sender skips it while its address is suppressed.

    Raises Conflict for one that is being sent, and for one that could not be made into a message.
    """
    if not email.headers:
        raise Conflict(f"This e-mail was never a message: {email.because}")
    row = connection.execute(_RESEND, {"id": email.id, "because": _BECAUSE}).first()
    if row is None:
        raise Conflict("This e-mail is being sent at this moment.")
    record(connection, [state_changed(row, "queued", _BECAUSE)])
