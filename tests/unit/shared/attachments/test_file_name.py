"""File names from strangers."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.attachments.file_name import clean_name, extension


@pytest.mark.parametrize(
    ("given_name", "cleaned"),
    [
        ("photo.png", "photo.png"),
        ("C:\\Users\\me\\photo.png", "photo.png"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\r\nc.png", "abc.png"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u200bhidden\ufeff.gif", "hidden.gif"),
        ("  many   spaces .jpg ", "many spaces .jpg"),
        ("räksmörgås.pdf", "räksmörgås.pdf"),
        ("ra\u0308k.pdf", "räk.pdf"),
        ("...", "file"),
        ("", "file"),
        ("x" * 400 + ".jpeg", "x" * 250 + ".jpeg"),
        ("å" * 200 + ".png", "å" * 125 + ".png"),
    ],
)
def test_a_name_is_cleaned_and_never_refused(given_name: str, cleaned: str) -> None:
    assert clean_name(given_name) == cleaned


@given(st.text(max_size=600))
def test_whatever_comes_a_clean_name_is_short_visible_and_has_no_path(name: str) -> None:
    cleaned = clean_name(name)
    assert 0 < len(cleaned.encode()) <= 255
    assert not set(cleaned) & set("/\\")
    assert all(unicodedata.category(character)[0] != "C" for character in cleaned)
    assert clean_name(cleaned) == cleaned


@pytest.mark.parametrize(
    ("name", "ending"), [("a.PNG", "png"), ("a.b.gif", "gif"), ("a", ""), (".png", ""), ("a.", "")]
)
def test_the_extension_is_what_follows_the_last_dot(name: str, ending: str) -> None:
    assert extension(name) == ending
