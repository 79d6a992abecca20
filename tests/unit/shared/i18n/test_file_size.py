"""Sizes of files in words."""

import pytest

from shared.i18n.file_size import file_size


@pytest.mark.parametrize(
    ("size", "locale", "words"),
    [
        (1, "en", "1 KB"),
        (217_000, "en", "212 KB"),
        (1_468_006, "en", "1.4 MB"),
        (1_468_006, "sv", "1,4 MB"),
        (2_097_152, "en-GB", "2.0 MB"),
    ],
)
def test_a_kb_is_1024_bytes(size: int, locale: str, words: str) -> None:
    assert file_size(size, locale) == words
