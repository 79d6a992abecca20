"""E-mail addresses: which can be written to, and which are one person's. Pure."""

import re

# RFC 5321, 4.5.3.1: 64 octets before the @, 254 in a path's address. A dot-atom of RFC 5322; no quoted local part, no SMTPUTF8.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


def is_domain(text: str) -> bool:
    """Whether `text` is a host name in ASCII."""
    return len(text) <= 253 and _DOMAIN.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Whether `text` is an address that SMTP commands and headers can hold as it is."""
    local, at, domain = text.rpartition("@")
    return (
        bool(at) and len(text) <= 254 and len(local) <= 64 and _LOCAL.fullmatch(local) is not None and is_domain(domain)
    )


def in_ascii(address: str) -> str:
    """The address with its domain in ASCII (RFC 5890); a domain without an ASCII form stays as it is."""
    local, at, domain = address.strip().rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address.strip()


def recipient_key(address: str) -> str:
    """The address that limits are counted by: lower-cased, without a `+tag`."""
    local, at, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0] or local}{at}{domain}"
