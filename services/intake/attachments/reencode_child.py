"""Re-encodes one picture in a process of its own, which may not take more than its share.

`python -m services.intake.attachments.reencode_child <media type>`: the picture on standard input, its clean copy on standard
output. Exit status BROKEN when it is no whole picture; anything else that is not 0 means that it took too much.
"""

import resource
import sys
from io import BytesIO

from PIL import Image, ImageOps

from services.intake.attachments.images import FORMATS, count_pixels

BROKEN = 3
# A picture of 40 megapixels is 160 MB decoded; turning and converting it needs three of these at once.
MEMORY = 1024 * 1024 * 1024
SECONDS = 20
# High enough that nobody sees the second compression.
QUALITY = 90


def main() -> int:
    """Read, re-encode, write; the exit status."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        clean = reencode(sys.stdin.buffer.read(), sys.argv[1])
    except MemoryError:
        return 1
    except Exception:  # Pillow's decoders raise about anything on a broken file
        return BROKEN
    sys.stdout.buffer.write(clean)
    return 0


def reencode(body: bytes, media_type: str) -> bytes:
    """The first frame's pixels and nothing else, turned as the camera said. Raises whatever Pillow raises on a broken picture."""
    kind = FORMATS[media_type]
    with Image.open(BytesIO(body), formats=[kind]) as opened:
        count_pixels(opened)
        opened.seek(0)
        opened.load()
        picture = ImageOps.exif_transpose(opened)
    if kind == "JPEG":
        picture = picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
    elif picture.mode == "P":
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    picture.info = {}
    written = BytesIO()
    picture.save(written, kind, **({"quality": QUALITY} if kind == "JPEG" else {}))
    return written.getvalue()


if __name__ == "__main__":
    sys.exit(main())
