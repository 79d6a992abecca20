"""Checks the addresses of webhooks: never inside our own network, which a receiver could otherwise reach through us (SSRF)."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

LONGEST_URL = 2_000
NOT_PUBLIC = "This address is not on the public internet."
_LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")
# RFC 6052: an IPv4 address behind NAT64.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Not public, though `is_global` of a supported Python returns True: site-local (RFC 3879), local-use NAT64 (RFC 8215), documentation
# (RFC 9637), 6to4 relays (RFC 7526), and the address of Azure's platform services.
_ALSO_NOT_PUBLIC = tuple(
    ipaddress.ip_network(one)
    for one in ("fec0::/10", "64:ff9b:1::/48", "3fff::/20", "192.88.99.0/24", "168.63.129.16/32")
)
# Other ports below 1024 belong to mail, remote shells and the like.
_WEB_PORTS = (80, 443)
_FIRST_FREE_PORT = 1024

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class ForbiddenAddress(Exception):
    """The address may not be called; the message tells why."""


class UnknownHost(Exception):
    """The name does not resolve, at least at the moment."""


@dataclass(frozen=True)
class Target:
    """The parts of a URL, and the IP address to connect to."""

    scheme: str
    host: str
    port: int
    path: str
    address: str


def split_url(url: str) -> SplitResult:
    """The parts of an http(s) URL. Raises ForbiddenAddress for anything else, for credentials in it, and for local names."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ForbiddenAddress("This is not a web address.") from error
    if parts.scheme not in ("http", "https") or not host or port == 0 or len(url) > LONGEST_URL or not url.isascii():
        raise ForbiddenAddress("An http or https address is needed.")
    if any(character <= " " or character in '<>"\\' for character in url):
        raise ForbiddenAddress("This is not a web address.")
    if parts.username is not None or parts.password is not None:
        raise ForbiddenAddress("An address may not contain a password; the signature proves who calls.")
    return parts


def target_of(url: str, allow_private: bool) -> Target:
    """Resolve `url` for a call. Every IP address of the name must be public unless `allow_private`.

    Raises ForbiddenAddress, UnknownHost.
    """
    parts = split_url(url)
    host = str(parts.hostname).rstrip(".")
    if not allow_private and (
        ("." not in host and ":" not in host and not host.isdigit()) or host.endswith(_LOCAL_NAMES)
    ):
        raise ForbiddenAddress(NOT_PUBLIC)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if not allow_private and port < _FIRST_FREE_PORT and port not in _WEB_PORTS:
        raise ForbiddenAddress("Ports below 1024 are not called, except 80 and 443.")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnknownHost(f"{host} does not resolve.") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not allow_private and not all(is_public(address) for address in addresses):
        raise ForbiddenAddress(NOT_PUBLIC)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path, addresses[0])


def is_public(text: str) -> bool:
    """Whether the address is on the public internet; an IPv4 address embedded in an IPv6 address is checked as IPv4."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            address = inner
    if any(address in network for network in _ALSO_NOT_PUBLIC):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved and not address.is_unspecified
