"""Addresses that webhooks may call."""

import pytest

from services.triage.webhooks.addresses import ForbiddenAddress, is_public, split_url, target_of


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fec0::1",
        "3fff::1",
        "64:ff9b:1::7f00:1",
        "64:ff9b::a83f:8110",
        "::7f00:1",
        "168.63.129.16",
        "192.88.99.1",
        "198.18.0.1",
    ],
)
def test_an_address_of_our_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101", "2002:101:101::"]
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "javascript:alert(1)",
        "example.com",
        "http://",
        "http:///path",
        "http://user:secret@example.com/",
        "http://example.com:0/",
        "http://example.com:99999/",
        "http://exa mple.com/",
        "http://example.com/\r\nX: 1",
        "http://exämple.com/",
        "http://[::1/",
        "http://example.com/" + "a" * 2000,
    ],
)
def test_other_than_web_addresses_are_rejected(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        split_url(url)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "localhost.", "a.localhost", "[::1]", "2130706433", "0x7f000001", "127.1", "db", "x.internal"]
)  # fmt: skip
def test_every_spelling_of_an_inside_address_is_rejected(host: str) -> None:
    with pytest.raises(ForbiddenAddress):
        target_of(f"http://{host}:8080/x", allow_private=False)


@pytest.mark.parametrize("port", [22, 25, 110, 445, 1023])
def test_other_ports_below_1024_are_rejected(port: int) -> None:
    with pytest.raises(ForbiddenAddress, match="Ports below 1024"):
        target_of(f"https://1.1.1.1:{port}/", allow_private=False)
    assert target_of(f"https://127.0.0.1:{port}/", allow_private=True).port == port


@pytest.mark.parametrize(
    ("url", "port"), [("http://1.1.1.1/", 80), ("https://1.1.1.1/", 443), ("https://1.1.1.1:8443/", 8443)]
)
def test_web_ports_and_ports_from_1024_are_allowed(url: str, port: int) -> None:
    assert target_of(url, allow_private=False).port == port


def test_a_target_keeps_path_and_query() -> None:
    target = target_of("http://127.0.0.1:81/a?b=c#d", allow_private=True)
    assert (target.address, target.port, target.path) == ("127.0.0.1", 81, "/a?b=c")
