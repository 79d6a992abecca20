"""Have a ticket made of a mail that became part of none."""

from sqlalchemy import text

from services.intake.deps import Deps
from services.intake.inbound_mail.mail_category import mail_category
from shared.errors import Conflict, NotFound, Unprocessable

# One that cannot be read makes no ticket.
OPENABLE = ("unsure", "pointed", "ignored", "blocked")

_STATE = text("select state from intake.inbound_mails where object = :object for update")
# Its reader makes the ticket, once, as it does of any mail.
_READ_AGAIN = text("""
    update intake.inbound_mails
    set state = 'waiting', category = :category, not_before = clock_timestamp(), attempts = 0, because = null, settled_at = null
    where object = :object
""")


def open_mail(deps: Deps, name: str, category: str) -> None:
    """Let the mail `name` of the store become a ticket of this category, within seconds; nothing is answered automatically where a
    program may have written it.

    Raises NotFound, Conflict for a mail that has a ticket, waits or cannot be read, Unprocessable for a category that is unknown or has
    required fields.
    """
    try:
        path = mail_category(deps.catalog, category)
    except ValueError as error:
        raise Unprocessable({"category": [str(error)]}) from error
    with deps.engine.begin() as connection:
        state = connection.execute(_STATE, {"object": name}).scalar_one_or_none()
        if state is None:
            raise NotFound("There is no such mail.")
        if state not in OPENABLE:
            raise Conflict(_REFUSED.get(state, "This mail has a ticket already."))
        connection.execute(_READ_AGAIN, {"object": name, "category": path})


_REFUSED = {
    "waiting": "This mail is being read. Please look again in a moment.",
    "unreadable": "This mail cannot be read, so no ticket can be made of it.",
}
