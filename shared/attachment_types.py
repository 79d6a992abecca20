"""The types of file that a submission may bring, each declared once.

The allow-list, the form's `accept=` and sentences, OpenAPI, the rule language's `attachment.type`, evidence, the re-encoding and the
tests' samples are made from this list. docs/develop/recipes.md says how to add a type.
"""

from base64 import b64decode
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class AttachmentType:
    """`name`: its value of `attachment.type` in rules. `extensions`: those accepted, the usual one first. `evidence`: the kind of
    evidence it is accepted for. `decoder`: Pillow's name of the format, which checks and re-encodes it; None: it is no image.
    `aliases`: other names that versions of libmagic have for it. `sample`: a whole file, the smallest there is."""

    name: str
    media_type: str
    extensions: tuple[str, ...]
    evidence: Literal["image", "pdf"]
    decoder: str | None
    sample: bytes
    aliases: tuple[str, ...] = ()


ATTACHMENT_TYPES: tuple[AttachmentType, ...] = (
    AttachmentType(
        "gif",
        "image/gif",
        ("gif",),
        "image",
        "GIF",
        b64decode("R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAkQBADs="),
    ),
    AttachmentType(
        "jpeg",
        "image/jpeg",
        ("jpg", "jpeg"),
        "image",
        "JPEG",
        b64decode(
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP////////////////////////////////////////////////////////////////////////////"
            "//////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z"
        ),
        aliases=("image/pjpeg",),
    ),
    AttachmentType(
        "png",
        "image/png",
        ("png",),
        "image",
        "PNG",
        b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgAB5Sfe/AAAAABJRU5ErkJggg=="),
        # Newer libmagic tells animated PNGs apart.
        aliases=("image/apng", "image/vnd.mozilla.apng", "image/x-png"),
    ),
    AttachmentType(
        "pdf",
        "application/pdf",
        ("pdf",),
        "pdf",
        None,
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n",
    ),
)

BY_MEDIA_TYPE = {one.media_type: one for one in ATTACHMENT_TYPES}
BY_EXTENSION = {extension: one for one in ATTACHMENT_TYPES for extension in one.extensions}
EXTENSIONS = tuple(BY_EXTENSION)
# As people call them: one extension each.
USUAL_EXTENSIONS = tuple(one.extensions[0] for one in ATTACHMENT_TYPES)
RULE_NAMES = tuple(one.name for one in ATTACHMENT_TYPES)


def fills_evidence(kind: str, media_type: str) -> bool:
    """Whether a file of this media type may fill a slot that accepts `kind`."""
    found = BY_MEDIA_TYPE.get(media_type)
    return found is not None and found.evidence == kind


def joined_in_english(words: tuple[str, ...]) -> str:
    """The words as "gif, jpg or png"."""
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
