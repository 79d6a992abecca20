"""Whether mails to addresses of no ticket become tickets, and of which category: a setting, held against the catalogue."""

from dataclasses import dataclass

from services.intake.submissions.receive import Reception
from shared.settings import SettingsError

VARIABLE = "VIDARE_MAIL_TICKETS"


@dataclass(frozen=True)
class MailTickets:
    """Through what such mails become tickets, and the category that these get."""

    reception: Reception
    category: str


def mail_tickets(reception: Reception) -> MailTickets | None:
    """None while the setting is empty. Raises SettingsError for a category that is none, or that no mail can be a note of."""
    path = reception.settings.mail_tickets.strip()
    if not path:
        return None
    category = reception.catalog.resolve(path)
    if category is None or not category.listed:
        raise SettingsError([f"{VARIABLE}: there is no category {path}; GET /v1/categories lists them"])
    required = [field.name for field in category.fields if field.required]
    if required:
        raise SettingsError([f"{VARIABLE}: {path} asks for {', '.join(required)}, which no mail brings"])
    return MailTickets(reception, category.path)
