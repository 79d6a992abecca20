"""Sizes of files, as every page and message shows them."""

from babel.numbers import format_decimal

_KIB = 1024


def file_size(size: int, locale: str = "en") -> str:
    """`size` bytes in the units that people know: "1 KB", "212 KB", "1,4 MB"; a KB is 1,024 bytes, as in the limit of 2 MB."""
    if size < _KIB * _KIB:
        return f"{format_decimal(max(1, round(size / _KIB)), locale=locale.replace('-', '_'))} KB"
    return f"{format_decimal(size / _KIB / _KIB, format='0.0', locale=locale.replace('-', '_'))} MB"
