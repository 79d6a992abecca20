"""Finds active content in a PDF: scripts, programs to start, embedded files. The file is accepted, with a remark for the agent."""

import re
import zlib

# Names of PDF 32000-1, 12.6.4 (actions), 7.11.4 (embedded files), 12.7.8 (XFA forms), 13.6 (rich media).
_NAMES = (
    b"JavaScript",
    b"JS",
    b"Launch",
    b"OpenAction",
    b"AA",
    b"EmbeddedFile",
    b"RichMedia",
    b"XFA",
    b"SubmitForm",
    b"ImportData",
)
_ACTIVE = re.compile(rb"/(" + b"|".join(_NAMES) + rb")(?![A-Za-z0-9])")
_STREAM = re.compile(rb"stream\r?\n")
# A name may write a character as #xx.
_HIDDEN = re.compile(rb"#([0-9A-Fa-f]{2})")
# Object streams are searched too; this many bytes of each, and this many of them, suffice for any real one.
_MOST_INFLATED = 512 * 1024
_MOST_STREAMS = 200


def active_content(body: bytes) -> tuple[str, ...]:
    """The names of the PDF's active content, sorted; empty when there is none."""
    found = {match.decode() for match in _ACTIVE.findall(_plain(body))}
    for count, start in enumerate(_STREAM.finditer(body)):
        if count >= _MOST_STREAMS:
            break
        found |= {match.decode() for match in _ACTIVE.findall(_plain(_inflated(body[start.end() :])))}
    return tuple(sorted(found))


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, _MOST_INFLATED)
    except zlib.error:
        return b""


def _plain(data: bytes) -> bytes:
    return _HIDDEN.sub(lambda match: bytes([int(match[1], 16)]), data)
