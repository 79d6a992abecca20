"""The one way in for a file: every check of the contract, on bytes alone."""

import hashlib
from dataclasses import dataclass

from services.intake.attachments.errors import WRONG_KIND, FileEmpty, FileNotTaken, FileTooLarge
from services.intake.attachments.file_name import clean_name, extension
from services.intake.attachments.images import FORMATS, check_picture
from services.intake.attachments.sniff import media_type_of

# People read "2 MB"; 2,097,152 bytes is already too large.
LIMIT = 2 * 1024 * 1024

ALLOWED = {
    "gif": "image/gif",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
}


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
    """The file as it may be kept.

    Raises FileEmpty, FileTooLarge, FileNotTaken; Unavailable when too many pictures are being decoded.
    """
    if not body:
        raise FileEmpty
    if len(body) >= LIMIT:
        raise FileTooLarge
    cleaned = clean_name(name)
    media_type = media_type_of(body)
    if ALLOWED.get(extension(cleaned)) != media_type:
        raise FileNotTaken(WRONG_KIND)
    if media_type in FORMATS:
        check_picture(body, media_type)
    return CheckedFile(cleaned, media_type, body, hashlib.sha256(body).hexdigest())
