"""The media type of a file by its first bytes, whatever its name is."""

import threading

# isort: off
import pylibmagic  # noqa: F401  # ships libmagic and must be imported before magic, which looks for it
import magic
# isort: on

from shared.attachment_types import ATTACHMENT_TYPES

# Bytes. libmagic recognises all our types within these; on a whole file it is three times as slow.
HEAD = 4_096

_ALIASES = {alias: one.media_type for one in ATTACHMENT_TYPES for alias in one.aliases}

# libmagic versions disagree (python-magic#354, #362), so each process tests its own on known files before it serves.
_KNOWN = {
    **{one.media_type: one.sample for one in ATTACHMENT_TYPES},
    "text/html": b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>",
    "image/svg+xml": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>',
}

_of_thread = threading.local()


class WrongLibmagic(RuntimeError):
    """This machine's libmagic does not recognise our types of file, so nothing may be served with it."""


def media_type_of(body: bytes) -> str:
    """The media type that libmagic sees in the first bytes of `body`."""
    found = str(_magic().from_buffer(body[:HEAD]))
    return _ALIASES.get(found, found)


def self_test() -> None:
    """Raises WrongLibmagic unless libmagic recognises every type of file that must be distinguished."""
    wrong = {kind: found for kind, sample in _KNOWN.items() if (found := media_type_of(sample)) != kind}
    if wrong:
        raise WrongLibmagic(f"libmagic reports {wrong}: install the pylibmagic wheel that requirements.lock names")


def _magic() -> magic.Magic:
    """This thread's own libmagic: one handle must not be used by two threads at once."""
    if not hasattr(_of_thread, "magic"):
        _of_thread.magic = magic.Magic(mime=True)
    handle: magic.Magic = _of_thread.magic
    return handle
