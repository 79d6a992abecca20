"""Whether a PDF can do things: run scripts, start programs, open other files. Told to the agent, not a reason to refuse."""

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
# A name may hide a letter as #xx.
_HIDDEN = re.compile(rb"#([0-9A-Fa-f]{2})")
# Object streams are looked into as well; this many bytes of each, and this many of them, are enough for any real one.
_MOST_INFLATED = 512 * 1024
_MOST_STREAMS = 200


def active_content(body: bytes) -> tuple[str, ...]:
    """The names of what could act in the PDF, sorted; empty when nothing does."""
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
