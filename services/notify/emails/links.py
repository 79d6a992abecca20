"""The link to a ticket's status page. It carries the ticket's key, so a stand-in is stored and replaced when sent or shown."""

import re
from html import escape
from uuid import UUID

from shared.ticket_keys import confirmation_url, mailed_url, password_url

# A top level domain that no host has (RFC 2606), so that the stand-in is a link to all that handles the text.
STAND_IN = "https://status-link.invalid/"
# The same for an e-mail that links several tickets: each is filled by the reference and key number in it.
_OF_TICKET = re.compile(r"https://ticket-link\.invalid/(T-[0-9A-Z]{4}-[0-9A-Z]{4})/(\d{1,9})")

# The link that confirms a change of address, by the id of the change.
_CONFIRMATION = re.compile(r"https://address-link\.invalid/(T-[0-9A-Z]{4}-[0-9A-Z]{4})/([0-9a-f-]{36})")

# The link with which a person chooses a password, by its id.
_PASSWORD = re.compile(r"https://password-link\.invalid/([0-9a-f-]{36})")


def password_stand_in(link: str) -> str:
    """The stand-in for the link with which a person chooses a password."""
    return f"https://password-link.invalid/{link}"


def fill_password(body: str, triage_url: str, secret: str, *, as_html: bool) -> str:
    """The body with that stand-in replaced by its link."""

    def shown(found: re.Match[str]) -> str:
        url = password_url(triage_url, secret, UUID(found[1]))
        return escape(url) if as_html else url

    return _PASSWORD.sub(shown, body)


def confirmation_stand_in(ticket: str, change: str) -> str:
    """The stand-in for the link that confirms a change of address."""
    return f"https://address-link.invalid/{ticket}/{change}"


def stand_in_of(ticket: str, key_number: int) -> str:
    """The stand-in for the link of one of several tickets."""
    return f"https://ticket-link.invalid/{ticket}/{key_number}"


def fill_tickets(body: str, intake_url: str, secret: str, *, as_html: bool) -> str:
    """The body with the stand-ins of tickets and of a change of address replaced by their links."""

    def shown(url: str) -> str:
        return escape(url) if as_html else url

    body = _OF_TICKET.sub(lambda found: shown(mailed_url(intake_url, secret, found[1], int(found[2]))), body)
    return _CONFIRMATION.sub(lambda found: shown(confirmation_url(intake_url, secret, found[1], found[2])), body)


def fill(body: str, link: str | None, *, as_html: bool) -> str:
    """The body with its stand-in replaced by `link`; None: by a link without a key."""
    shown = link if link is not None else "https://status-link.invalid/hidden"
    return body.replace(STAND_IN, escape(shown) if as_html else shown)


def link_to(intake_url: str, secret: str, ticket: str | None, key_number: int | None) -> str | None:
    """The address of a ticket's status page, key included; None for an e-mail without a ticket."""
    if ticket is None or key_number is None:
        return None
    return mailed_url(intake_url, secret, ticket, key_number)
