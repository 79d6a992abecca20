"""The header fields of a mail that matter to us. Pure."""

import re
from collections.abc import Iterator
from email.message import Message
from itertools import islice

from services.intake.inbound_mail.reading.text import one_line
from shared.mail.addresses import is_address
from shared.mail.headers import LONGEST_FIELD, decoded, raw_header, raw_headers
from shared.submission_fields import LONGEST_LOCALE
from shared.submission_values import LOCALE

_BRACKETED = re.compile(r"<([^<>]{3,320})>")
_WORD = re.compile(r"[^\s,;]{1,64}@[^\s,;]{1,256}")
_COMMENT = re.compile(r"\(([^()]{0,200})\)")

# Nobody looks through more.
MOST_COPIES = 50

# Address and name; None for what is missing.
Mailbox = tuple[str | None, str | None]


def header(message: Message, name: str, most: int) -> str | None:
    """A field as people read it, on one line; None when it is missing or empty."""
    return one_line(decoded(raw_header(message, name)), most) or None


def sender_of(message: Message, *, smtputf8: bool = False) -> Mailbox:
    """Address and name of the first From that names one; None for what is missing or no address."""
    found = (_mailbox(field, smtputf8) for field in raw_headers(message, "From"))
    return next((mailbox for mailbox in found if mailbox[0]), (None, None))


def requester_of(message: Message, *, smtputf8: bool = False) -> Mailbox:
    """Who asks: the Reply-To where that is one address (contact forms and groups put the writer there), else the From.

    `smtputf8`: addresses may be beyond ASCII before the @.
    """
    fields = raw_headers(message, "Reply-To")
    addresses = {str(address).lower() for field in fields for address, _ in _mailboxes(field, smtputf8)}
    if len(addresses) == 1:
        found = _mailbox(fields[0], smtputf8)
        sender = sender_of(message, smtputf8=smtputf8)
        if found[0]:
            return found if found[1] or (sender[0] or "").lower() != found[0].lower() else sender
    return sender_of(message, smtputf8=smtputf8)


def copied_to(message: Message, *, smtputf8: bool = False) -> tuple[str, ...]:
    """The addresses in Cc, the first MOST_COPIES of them."""
    # A name that holds a comma falls into parts, of which the last has the address.
    parts = (part for field in raw_headers(message, "Cc") for part in re.split("[,;]", field))
    found = (_mailbox(part, smtputf8)[0] for part in parts)
    return tuple(islice(filter(None, found), MOST_COPIES))


def _mailbox(field: str, smtputf8: bool) -> Mailbox:
    return next(_mailboxes(field, smtputf8), (None, None))


def _mailboxes(field: str, smtputf8: bool) -> Iterator[Mailbox]:
    """The addresses in a field, each with the name beside it, however the field is quoted.

    Mail programs and forms write `Doe, Ann <a@x>` without quotes, no angle brackets, a dot at the end, or the address twice. RFC 5322,
    3.4 allows none of these, and the standard library's parser gives up on them (since 3.12.6 on purpose, CVE-2023-27043). Where an
    address stands in angle brackets, those without count as names.
    """
    flat = field.replace("\r", "").replace("\n", " ")
    any_bracketed = False
    for found in _BRACKETED.finditer(flat):
        address = found[1].strip().rstrip(".")
        if is_address(address, smtputf8=smtputf8):
            any_bracketed = True
            start = flat.rfind(">", 0, found.start()) + 1
            yield address, _name(flat[start : found.start()].lstrip(" ,;"), address)
    if any_bracketed:
        return
    for word in _WORD.finditer(_COMMENT.sub(" ", flat)):
        address = word[0].strip("<>\"'();:,.[]")
        if is_address(address, smtputf8=smtputf8):
            comment = _COMMENT.search(flat)
            yield address, _name(comment[1] if comment else flat.replace(word[0], " ", 1), address)


def _name(text: str, address: str) -> str | None:
    plain = one_line(decoded(text).strip().strip("\"'").replace("\\", "").strip(), 100)
    return plain if plain and plain.lower() != address.lower() else None


def language_of(message: Message) -> str | None:
    """The language of the mail's text, or else the one its writer prefers (RFC 3282); None where neither is declared."""
    for name in ("Content-Language", "Accept-Language"):
        tag = raw_header(message, name).partition(",")[0].partition(";")[0].strip()
        if len(tag) <= LONGEST_LOCALE and LOCALE.fullmatch(tag):
            return tag
    return None


def unfolded_name(value: str) -> str:
    """A file's name as mailers write it: many encode it as a header (RFC 2047), though RFC 2231 is meant for it."""
    return one_line(decoded(value[:LONGEST_FIELD]), 255)
