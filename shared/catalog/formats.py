"""What counts as a web address, an e-mail address, a date and a month."""

import re
from datetime import date
from urllib.parse import urlsplit

from shared.mail.addresses import is_address

MAX_URL = 2_048  # What the common browsers and sitemaps.org agree to carry.

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_NEVER_IN_A_URL = frozenset(' <>"')


def web_host(text: str) -> str | None:
    """The host of an http or https address in lower case, without a dot at its end; None for anything else."""
    if not text.isprintable() or not _NEVER_IN_A_URL.isdisjoint(text):
        return None
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port  # reading the port is what finds a broken one
    except ValueError:
        return None
    return host.rstrip(".") or None if parts.scheme in ("http", "https") and host else None


def is_web_address(text: str) -> bool:
    """Whether this is an http or https address of at most MAX_URL characters."""
    return len(text) <= MAX_URL and web_host(text) is not None


def is_email(text: str, *, smtputf8: bool = False) -> bool:
    """Whether this is an e-mail address that can be mailed; that it exists only a mail can show.

    `smtputf8`: also one with characters beyond ASCII before the @.
    """
    return text.isprintable() and is_address(text, smtputf8=smtputf8)


def is_date(text: str) -> bool:
    """Whether this is a day that exists, as YYYY-MM-DD."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_month(text: str) -> bool:
    """Whether this is a month, as YYYY-MM."""
    return _MONTH.fullmatch(text) is not None and not text.startswith("0000")
