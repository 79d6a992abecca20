"""The message of an e-mail as it goes out: with the links that its row does not hold."""

from services.notify.compose.message import to_bytes
from services.notify.delivery.lease import Taken
from services.notify.emails.links import fill, fill_tickets, link_to
from services.notify.settings import NotifySettings

# RFC 2045, 6.7: no quoted-printable body holds "=_", so it parts them safely and is the same on every try.
_BOUNDARY = "=_vidare"


def outgoing_message(settings: NotifySettings, email: Taken) -> bytes:
    """The bytes to hand to the SMTP server, the same on every try. Raises UnsafeHeader or UnicodeError for a row that is no message."""
    link = link_to(settings.intake_url, settings.secret, email.ticket, email.key_number)

    def filled(body: str, *, as_html: bool) -> str:
        if email.kind == "ticket_links":
            body = fill_tickets(body, settings.intake_url, settings.secret, as_html=as_html)
        return fill(body, link, as_html=as_html)

    return to_bytes(email.headers, filled(email.text, as_html=False), filled(email.html, as_html=True), _BOUNDARY)
