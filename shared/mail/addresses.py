"""E-mail addresses: one rule for what an address is, and one form in which it is mailed, searched and compared. Pure.

Sources: RFC 5321, 4.5.3.1 (lengths), RFC 5322, 3.4.1 (dot-atom), RFC 5890 to 5892 (IDNA 2008), UTS 46 without transitional processing: ß,
final sigma and joiners stay what they are. IDNA 2003 mapped them to another name, and so to another person's mailbox.
"""

import re
from functools import lru_cache
from typing import Literal

import idna

MAX_ADDRESS = 254  # octets; a path has 256, its angle brackets among them
MAX_LOCAL_PART = 64  # octets

# Why an e-mail was not sent; the requester's page words it.
NO_SMTPUTF8 = "the mail server does not accept addresses outside ASCII (SMTPUTF8)"

Reason = Literal["form", "local", "domain", "too_long", "smtputf8"]

# What copying from a page or a chat brings along and nobody sees: zero-width and bidirectional marks, BOM, soft hyphen.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_INVISIBLE_BUT_JOINERS = re.compile("[\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2066-\u206f\ufeff]")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_UTF8_ATOM = r"(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|[^\x00-\x9f\s\ud800-\udfff])+"
_UTF8_LOCAL_PART = re.compile(rf"{_UTF8_ATOM}(?:\.{_UTF8_ATOM})*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_TOP_LABEL = re.compile(r"[a-z][a-z0-9-]*[a-z0-9]")


class InvalidAddress(ValueError):
    """Not an address that can be mailed.

    `reason`: `form` (local part or domain is missing), `local`, `domain`, `too_long`, or `smtputf8` (the local part is not ASCII, which
    needs SMTPUTF8, RFC 6531).
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def visible(text: str) -> str:
    """The text without blanks around it and without characters that nobody sees, except joiners within a domain."""
    local, at, domain = text.strip().strip("\ufeff").rpartition("@")
    if not at:
        return _INVISIBLE.sub("", domain).strip()
    # UTS 46 drops what is invisible and keeps the joiners where IDNA 2008 allows them (RFC 5892, A.1 and A.2). Nothing but the ends is
    # stripped: a line end within would begin another header.
    seen = _INVISIBLE_BUT_JOINERS.sub("", domain).rstrip("\u200c\u200d ")
    return f"{_INVISIBLE.sub('', local).lstrip()}{at}{seen}"


def canonical_address(text: str, *, smtputf8: bool = False) -> str:
    """The address as it is mailed: its domain in ASCII (A-labels) and lower case, its local part as written.

    `smtputf8` accepts a local part that is not ASCII. Raises InvalidAddress.
    """
    local, at, domain = visible(text).rpartition("@")
    if not (local and at and domain):
        raise InvalidAddress("form")
    ascii_domain = canonical_domain(domain)
    if not local.isascii() and not smtputf8:
        raise InvalidAddress("smtputf8" if _UTF8_LOCAL_PART.fullmatch(local) else "local")
    if not (_UTF8_LOCAL_PART if smtputf8 else _LOCAL_PART).fullmatch(local):
        raise InvalidAddress("local")
    if len(local.encode()) > MAX_LOCAL_PART or len(local.encode()) + 1 + len(ascii_domain) > MAX_ADDRESS:
        raise InvalidAddress("too_long")
    return f"{local}@{ascii_domain}"


def canonical_domain(text: str) -> str:
    """A domain of at least two labels in ASCII and lower case. Raises InvalidAddress."""
    return _known_domain(text) if len(text) <= MAX_ADDRESS else _ascii_domain(text)


def _ascii_domain(text: str) -> str:
    try:
        domain = idna.encode(text, uts46=True, transitional=False, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise InvalidAddress("domain") from error
    labels = domain.split(".")
    if len(domain) > 253 or len(labels) < 2 or not _TOP_LABEL.fullmatch(labels[-1]):
        raise InvalidAddress("domain")
    return domain


# Most people share a few providers, and a submission's address is looked at three times: each cost 15 µs.
_known_domain = lru_cache(maxsize=4096)(_ascii_domain)


def is_address(text: str, *, smtputf8: bool = False) -> bool:
    """Whether `canonical_address` accepts it."""
    try:
        canonical_address(text, smtputf8=smtputf8)
    except InvalidAddress:
        return False
    return True


def folded_address(text: str) -> str:
    """What tells one person's addresses from another's: canonical, in lower case, without a `+tag`.

    Text that is no address is only folded.
    """
    try:
        address = canonical_address(text, smtputf8=True)
    except InvalidAddress:
        address = visible(text)
    local, at, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0] or local}{at}{domain}"


def has_international_domain(text: str) -> bool:
    """Whether its domain is not written in ASCII."""
    return not text.rpartition("@")[2].isascii()


def idna2003_address(text: str) -> str:
    """Where 0.1.0 mailed this address; a domain without an ASCII form stays as it is."""
    local, at, domain = text.strip().rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return text.strip()


def differs_by_idna_version(text: str) -> bool:
    """Whether 0.1.0 mailed this address at another domain (IDNA 2003), or at one that is no domain today."""
    return has_international_domain(text) and idna2003_address(text).lower() != in_ascii(text).lower()


def in_ascii(text: str) -> str:
    """The canonical address, its local part perhaps beyond ASCII; text that is none stays as it is, without blanks around it."""
    try:
        return canonical_address(text, smtputf8=True)
    except InvalidAddress:
        return text.strip()


def is_writable(text: str, *, smtputf8: bool = False) -> bool:
    """Whether SMTP commands and headers can hold the address as it is; `smtputf8`: with that extension (RFC 6531, RFC 6532)."""
    return is_ascii_address(text) or (smtputf8 and is_address(text, smtputf8=True) and in_ascii(text) == text)


def is_domain(text: str) -> bool:
    """Whether `text` is a host name in ASCII."""
    return len(text) <= 253 and _DOMAIN.fullmatch(text) is not None


def is_ascii_address(text: str) -> bool:
    """Whether SMTP commands and headers can hold the address as it is; a local host's name of one label will do."""
    local, at, domain = text.rpartition("@")
    return (
        bool(at)
        and len(text) <= MAX_ADDRESS
        and len(local) <= MAX_LOCAL_PART
        and _LOCAL_PART.fullmatch(local) is not None
        and is_domain(domain)
    )


def masked(email: str) -> str:
    """An address as its owner recognises it: `a•••@example.org`."""
    local, at, domain = email.rpartition("@")
    return f"{local[:1]}•••{at}{domain}"
