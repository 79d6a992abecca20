"""What a file is by its first bytes, whatever its name says."""

import threading

# isort: off
import pylibmagic  # noqa: F401  # ships libmagic and must be imported before magic, which looks for it
import magic
# isort: on

# libmagic decides all our kinds within this; on a whole file it is three times as slow.
HEAD = 4_096

# Newer libmagic tells animated PNGs apart; to us they are PNGs.
_SAME = {
    "image/apng": "image/png",
    "image/vnd.mozilla.apng": "image/png",
    "image/x-png": "image/png",
    "image/pjpeg": "image/jpeg",
}

# libmagic versions disagree (python-magic#354, #362), so each process asks its own about files it knows before it serves.
_KNOWN = {
    "image/gif": (
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,"
        b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
    ),
    "image/png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89",
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xdb\x00C\x00",
    "application/pdf": b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n",
    "text/html": b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>",
    "image/svg+xml": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>',
}

_of_thread = threading.local()


class WrongLibmagic(RuntimeError):
    """This machine's libmagic does not know our kinds of file, so nothing may be served with it."""


def media_type_of(body: bytes) -> str:
    """The media type that libmagic sees in the first bytes of `body`."""
    found = str(_magic().from_buffer(body[:HEAD]))
    return _SAME.get(found, found)


def self_test() -> None:
    """Raises WrongLibmagic unless libmagic knows every kind of file that we tell apart."""
    wrong = {kind: found for kind, sample in _KNOWN.items() if (found := media_type_of(sample)) != kind}
    if wrong:
        raise WrongLibmagic(f"libmagic takes {wrong}: install the pylibmagic wheel that requirements.lock names")


def _magic() -> magic.Magic:
    """This thread's own libmagic: one handle must not be used by two threads at once."""
    if not hasattr(_of_thread, "magic"):
        _of_thread.magic = magic.Magic(mime=True)
    handle: magic.Magic = _of_thread.magic
    return handle
