"""One rule for addresses: what is one, where it is mailed, whose it is."""

import pytest

from shared.mail.addresses import (
    InvalidAddress,
    canonical_address,
    differs_by_idna_version,
    folded_address,
    idna2003_address,
    in_ascii,
    is_address,
    is_writable,
    visible,
)


@pytest.mark.parametrize(
    ("given", "mailed"),
    [
        ("Anna@Example.ORG", "Anna@example.org"),
        ("anna@straße.example", "anna@xn--strae-oqa.example"),
        ("anna@faß.de", "anna@xn--fa-hia.de"),
        ("anna@βόλος.com", "anna@xn--nxasmm1c.com"),
        ("anna@ΒΌΛΟΣ.com", "anna@xn--nxasmq6b.com"),
        ("anna@نامه‌ای.com", "anna@xn--mgba3gch31f060k.com"),
        ("anna@ශ්‍රී.com", "anna@xn--10cl1a0b660p.com"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("anna@münchen。example", "anna@xn--mnchen-3ya.example"),
        ("\u200banna@example.org\ufeff", "anna@example.org"),
        ("\u202aanna@example.org\u202c", "anna@example.org"),
        (" an\u200bna@exa\u200bmple.org ", "anna@example.org"),
        ("a.b+c@example.org", "a.b+c@example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
    ],
)
def test_an_address_is_mailed_at_its_own_domain(given: str, mailed: str) -> None:
    assert canonical_address(given) == mailed


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("", "form"),
        ("anna", "form"),
        ("@example.org", "form"),
        ("anna@", "form"),
        ("foo..bar@example.org", "local"),
        (".foo@example.org", "local"),
        ("foo.@example.org", "local"),
        ("fo o@example.org", "local"),
        ("foo\r\n@example.org", "local"),
        ("foo@\r\nexample.org", "domain"),
        ('"foo bar"@example.org', "local"),
        ("a@b@example.org", "local"),
        ("anna@localhost", "domain"),
        ("anna@-example.org", "domain"),
        ("anna@exa_mple.org", "domain"),
        ("anna@example..org", "domain"),
        ("anna@192.168.1.1", "domain"),
        ("anna@[192.168.1.1]", "domain"),
        ("anna@☃.net", "domain"),
        ("anna@xn--a.example", "domain"),
        ("åsa@example.org", "smtputf8"),
        ("å..sa@example.org", "local"),
        ("a" * 65 + "@example.org", "too_long"),
        ("a@" + ".".join(["b" * 62] * 4) + ".org", "domain"),
    ],
)
def test_what_cannot_be_mailed_is_refused_with_its_reason(given: str, reason: str) -> None:
    with pytest.raises(InvalidAddress) as refused:
        canonical_address(given)
    assert refused.value.reason == reason
    assert not is_address(given)


def test_a_local_part_beyond_ascii_needs_smtputf8() -> None:
    assert canonical_address("åsa@bücher.example", smtputf8=True) == "åsa@xn--bcher-kva.example"
    assert len("å" * 33) <= 64
    with pytest.raises(InvalidAddress):
        canonical_address("å" * 33 + "@example.org", smtputf8=True)  # 66 octets


def test_one_person_has_one_folded_address() -> None:
    same = {"Anna+shop@Straße.example", "anna@xn--strae-oqa.example", " ANNA@straße.example"}
    assert {folded_address(each) for each in same} == {"anna@xn--strae-oqa.example"}
    assert folded_address("anna@strasse.example") != folded_address("anna@straße.example")


@pytest.mark.parametrize(
    ("given", "differs"),
    [
        ("anna@straße.example", True),
        ("anna@βόλος.com", True),
        ("anna@نامه‌ای.com", True),
        ("anna@bücher.example", False),
        ("anna@example.org", False),
        ("anna@xn--strae-oqa.example", False),
    ],
)
def test_domains_that_earlier_versions_mailed_elsewhere_are_known(given: str, differs: bool) -> None:
    assert differs_by_idna_version(given) is differs


@pytest.mark.parametrize(
    ("given", "mailed"),
    [
        ("anna@straße.example", "anna@strasse.example"),
        ("anna@βόλος.com", "anna@xn--nxasmq6b.com"),
        (" Anna@bücher.example ", "Anna@xn--bcher-kva.example"),
        ("anna@Example.org", "anna@Example.org"),
        ("anna@" + "ß" * 64 + ".example", "anna@" + "ß" * 64 + ".example"),
    ],
)
def test_where_the_first_version_mailed_an_address_is_known(given: str, mailed: str) -> None:
    assert idna2003_address(given) == mailed


@pytest.mark.parametrize(
    ("address", "plain", "extended"),
    [
        ("anna@example.org", True, True),
        ("anna@localhost", True, True),
        ("åsa@example.org", False, True),
        ("åsa@xn--bcher-kva.example", False, True),
        ("åsa@bücher.example", False, False),
        ("anna@bücher.example", False, False),
        ("å sa@example.org", False, False),
        ("å\u2028sa@example.org", False, False),
        ("å\x9bsa@example.org", False, False),
        ("åsa\r\nBcc: b@example.org", False, False),
        ("åsa@example.org,b@example.org", False, False),
        ("å\ud800@example.org", False, False),
    ],
)
def test_what_commands_and_headers_can_hold_as_it_is(address: str, plain: bool, extended: bool) -> None:
    assert (is_writable(address), is_writable(address, smtputf8=True)) == (plain, extended)


@pytest.mark.parametrize("text", ["", "anna", "a@b", "å\ud800@example.org", "☃@☃", "@", "å\x9b@example.org"])
def test_what_is_no_address_stays_as_it_is(text: str) -> None:
    assert in_ascii(text) == text


def test_a_local_part_beyond_ascii_has_its_domain_in_ascii() -> None:
    assert in_ascii("åsa@bücher.example") == "åsa@xn--bcher-kva.example"
    assert folded_address("Åsa+x@Bücher.example") == "åsa@xn--bcher-kva.example"


def test_a_joiner_within_a_domain_is_seen() -> None:
    assert visible("\u200danna\u200d@ශ්‍රී.com\u200d") == "anna@ශ්‍රී.com"
