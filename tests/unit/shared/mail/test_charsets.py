"""Bytes become the text that a browser would show, whatever the label says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.mail.charsets import codec_of, decode


@pytest.mark.parametrize(
    ("raw", "label", "text"),
    [
        (b"It\x92s \x80100 \x96", "iso-8859-1", "It’s €100 –"),
        (b"It\x92s", "us-ascii", "It’s"),
        (b"It\x92s", None, "It’s"),
        ("朱镕基".encode("gb18030"), "gb2312", "朱镕基"),
        ("㈱髙橋①".encode("cp932"), "shift_jis", "㈱髙橋①"),
        ("髙橋".encode("cp932"), "x-sjis", "髙橋"),
        ("똠방각하".encode("cp949"), "ks_c_5601-1987", "똠방각하"),
        ("똠방각하".encode("cp949"), "euc-kr", "똠방각하"),
        ("ภาษา".encode("cp874"), "windows-874", "ภาษา"),
        ("שלום".encode("iso8859-8"), "iso-8859-8-i", "שלום"),
        (b"\x1b$B-!\x1b(B", "iso-2022-jp", "①"),
        (b"\x1b$B$3$s\x1b(B ok", None, "こん ok"),
        (b"\x1b$B$3$s\x1b(B", "us-ascii", "こん"),
        ("café".encode(), "iso-8859-1", "café"),
        ("café".encode(), "windows-1252", "café"),
        ("café".encode(), None, "café"),
        (b"caf\xe9", None, "café"),
        (b"Pomogite\xe5 \xd0\xaf", "utf-8", "Pomogite\ufffd Я"),
        (b"\xef\xbb\xbfcaf\xc3\xa9", "iso-8859-1", "café"),
        (b"\xff\xfeh\x00i\x00", None, "hi"),
        (b"Hi Mom +Jjo-!", "utf-7", "Hi Mom ☺!"),
        (b"plain", "no-such-charset", "plain"),
        (b"plain", "punycode", "plain"),
        (b"", None, ""),
    ],
)
def test_text_is_read_as_a_browser_reads_it(raw: bytes, label: str | None, text: str) -> None:
    assert decode(raw, label) == text


@given(
    st.binary(max_size=200),
    st.sampled_from(
        ["utf-8", "gb2312", "iso-2022-jp", "shift_jis", "big5", "utf-7", "utf-16", "hz-gb-2312", "x", None]
    ),
)
def test_any_bytes_become_text(raw: bytes, label: str | None) -> None:
    assert isinstance(decode(raw, label), str)


@pytest.mark.parametrize("label", ["idna", "rot13", "base64", "unicode_escape", "undefined", "", " ", "x-unknown"])
def test_no_codec_that_is_not_a_character_set(label: str) -> None:
    assert codec_of(label) is None
