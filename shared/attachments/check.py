"""Checks a file's size, name, type and content."""

import hashlib
from dataclasses import dataclass

from shared.attachment_types import BY_EXTENSION
from shared.attachments.errors import WRONG_KIND, FileEmpty, FileTooLarge, UnsupportedFile
from shared.attachments.file_name import clean_name, extension
from shared.attachments.images import check_image
from shared.attachments.sniff import media_type_of

# Bytes. People read "2 MB"; 2,097,152 is already too large.
LIMIT = 2 * 1024 * 1024


@dataclass(frozen=True)
class CheckedFile:
    """A file that passed. `name` is the cleaned one, `sha256` that of the bytes as sent."""

    name: str
    media_type: str
    body: bytes
    sha256: str

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.body)


def check_file(name: str, body: bytes) -> CheckedFile:
    """The file, if it may be stored.

    Raises FileEmpty, FileTooLarge, UnsupportedFile; Unavailable when too many images are being decoded.
    """
    if not body:
        raise FileEmpty
    if len(body) >= LIMIT:
        raise FileTooLarge
    cleaned = clean_name(name)
    kind = BY_EXTENSION.get(extension(cleaned))
    if kind is None or media_type_of(body) != kind.media_type:
        raise UnsupportedFile(WRONG_KIND)
    if kind.decoder is not None:
        check_image(body, kind.decoder)
    return CheckedFile(cleaned, kind.media_type, body, hashlib.sha256(body).hexdigest())
