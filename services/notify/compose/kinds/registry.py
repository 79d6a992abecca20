"""All kinds of e-mail by their names: handlers, templates, previews, the lint and the API read them here."""

from services.notify.compose.kinds import (
    account_emails,
    address_emails,
    decision_emails,
    merge_emails,
    notice_emails,
    ticket_emails,
)
from services.notify.compose.kinds.email_kind import EmailKind

KINDS: dict[str, EmailKind] = {
    kind.name: kind
    for kind in (
        *ticket_emails.KINDS,
        *decision_emails.KINDS,
        *address_emails.KINDS,
        *merge_emails.KINDS,
        *notice_emails.KINDS,
        *account_emails.KINDS,
    )
}
