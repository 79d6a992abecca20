"""Where e-mails are sent to, and the message of each as it goes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.notify.compose.kinds.registry import KINDS
from services.notify.compose.message import AttachedFile, to_bytes
from services.notify.compose.satisfaction import fill_satisfaction, link_of
from services.notify.delivery.lease import LEASE_SECONDS, LeasedEmail
from services.notify.delivery.smtp_server import Server
from services.notify.emails.files import read_files
from services.notify.emails.links import fill, fill_password, fill_tickets, link_to
from services.notify.settings import NotifySettings
from shared.storage.object_store import ObjectStore

# RFC 2045, 6.7: quoted-printable never holds "=_", so it separates the parts safely, and is the same on every try.
_BOUNDARY = "=_vidare"


@dataclass(frozen=True)
class Mailing:
    """`files` reads what is attached to an e-mail, before its conversation with the server; it raises TransientError. `message` makes the
    bytes, without the files where they would be more than the server accepts (None: no bound). `slots` bounds the connections to the
    server, over all workers."""

    server: Server
    files: Callable[[LeasedEmail], Sequence[AttachedFile]]
    message: Callable[[LeasedEmail, Sequence[AttachedFile], int | None], bytes]
    slots: int
    lease_seconds: float = LEASE_SECONDS


def make_mailing(settings: NotifySettings) -> Mailing:
    """The one that the settings name."""
    store = ObjectStore(settings)
    return Mailing(
        server=Server.of(settings.smtp_url, settings.mail_domain, settings.smtp_ca),
        files=lambda email: read_files(store, email.attachments or ()),
        message=lambda email, files, most: _message(settings, email, files, most),
        slots=settings.smtp_connections,
    )


def _message(settings: NotifySettings, email: LeasedEmail, files: Sequence[AttachedFile], most: int | None) -> bytes:
    """The bytes of an e-mail with its links, the same on every try, but for files that a server with a lower limit does not accept.

    Its text names the files and links to the page that has them. Raises UnsafeHeader or UnicodeError for a row that is no message.
    """
    link = link_to(settings.intake_url, settings.secret, email.ticket, email.key_number)
    kind = KINDS.get(email.kind)

    def filled(body: str, *, as_html: bool) -> str:
        # Of these kinds alone: a person's message may hold a stand-in too, and must not be given a key for it.
        if kind is not None and kind.links_tickets:
            body = fill_tickets(body, settings.intake_url, settings.secret, as_html=as_html)
            body = fill_password(body, settings.triage_url, settings.secret, as_html=as_html)
        if email.ticket is not None and email.key_number is not None:
            of_resolution = link_of(settings.intake_url, settings.secret, email.ticket, email.key_number)
            body = fill_satisfaction(body, email.event_id, of_resolution, as_html=as_html)
        return fill(body, link, as_html=as_html)

    text, html = filled(email.text, as_html=False), filled(email.html, as_html=True)
    content = to_bytes(email.headers, text, html, _BOUNDARY, files)
    if files and most is not None and len(content) > most:
        return to_bytes(email.headers, text, html, _BOUNDARY)
    return content
