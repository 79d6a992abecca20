"""Where a webhook may call: never inside our own network, so that nobody reaches through us what they cannot reach themselves."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

LONGEST_URL = 2_000
INSIDE = "This address is not on the public internet."
_LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")
# RFC 6052: an IPv4 address behind NAT64.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# What `is_global` of some Python that we run on takes for public: site-local (RFC 3879) and NAT64 of one's own (RFC 8215), examples
# (RFC 9637), 6to4 relays (RFC 7526), and the address at which Azure's own services answer its machines.
_INSIDE_TOO = tuple(
    ipaddress.ip_network(one)
    for one in ("fec0::/10", "64:ff9b:1::/48", "3fff::/20", "192.88.99.0/24", "168.63.129.16/32")
)
# Below 1024 HTTP has these two; the others are mail, shells and the like, which our call is not to speak to.
_WEB_PORTS = (80, 443)
_FIRST_FREE_PORT = 1024

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class RefusedAddress(Exception):
    """The address may not be called; the text says why."""


class UnknownHost(Exception):
    """The name means no address, at least now."""


@dataclass(frozen=True)
class Target:
    """A URL taken apart, and the one address that is to be dialled for it."""

    scheme: str
    host: str
    port: int
    path: str
    address: str


def split_url(url: str) -> SplitResult:
    """The parts of an http(s) URL. Raises RefusedAddress for anything else, for credentials in it, and for local names."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise RefusedAddress("This is not a web address.") from error
    if parts.scheme not in ("http", "https") or not host or port == 0 or len(url) > LONGEST_URL or not url.isascii():
        raise RefusedAddress("An http or https address is needed.")
    if any(character <= " " or character in '<>"\\' for character in url):
        raise RefusedAddress("This is not a web address.")
    if parts.username is not None or parts.password is not None:
        raise RefusedAddress("An address with a password in it is not taken; the signature shows who calls.")
    return parts


def target_of(url: str, allow_private: bool) -> Target:
    """Whom to call for `url` now. Every address that the name means must be public unless `allow_private`.

    Raises RefusedAddress, UnknownHost.
    """
    parts = split_url(url)
    host = str(parts.hostname).rstrip(".")
    if not allow_private and (
        ("." not in host and ":" not in host and not host.isdigit()) or host.endswith(_LOCAL_NAMES)
    ):
        raise RefusedAddress(INSIDE)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if not allow_private and port < _FIRST_FREE_PORT and port not in _WEB_PORTS:
        raise RefusedAddress("Ports below 1024 are not called, but for 80 and 443.")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnknownHost(f"{host} means no address.") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not allow_private and not all(is_public(address) for address in addresses):
        raise RefusedAddress(INSIDE)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path, addresses[0])


def is_public(text: str) -> bool:
    """Whether the address is reachable on the public internet, also when it is an IPv4 address in IPv6's clothes."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            address = inner
    if any(address in network for network in _INSIDE_TOO):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved and not address.is_unspecified
