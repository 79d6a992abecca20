"""Re-encodes an image in a child process with limits of its own.

`python -m services.intake.attachments.reencode <decoder>` is that child: the image on standard input, its clean copy on standard
output, and on standard error how many frames it had.
Exit status BROKEN when it is no whole image; any other that is not 0 means that it exceeded a limit.
"""

import resource
import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO

from PIL import ImageOps

from services.intake.attachments.images import count_pixels, frames_of, open_image

BROKEN = 3
# Bytes. An image of 40 megapixels is 160 MB decoded; turning and converting it needs three of these at once.
MEMORY = 1024 * 1024 * 1024
SECONDS = 20
# High enough that the second compression is invisible.
QUALITY = 90


class BrokenImage(Exception):
    """It is no whole image, or decoding it exceeds a limit."""


@dataclass(frozen=True)
class CleanCopy:
    """The first of `frames` pictures, without metadata and trailing bytes."""

    body: bytes
    frames: int


def reencode_image(body: bytes, decoder: str) -> CleanCopy:
    """A clean copy of the image. `decoder` is Pillow's name of the format.

    Raises BrokenImage.
    """
    try:
        child = subprocess.run(
            [sys.executable, "-m", "services.intake.attachments.reencode", decoder],
            input=body,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BrokenImage("it takes too long to decode") from error
    if child.returncode == BROKEN:
        raise BrokenImage("it cannot be decoded")
    if child.returncode != 0:
        raise BrokenImage("it takes too much to decode")
    return CleanCopy(child.stdout, int(child.stderr.splitlines()[-1]))


def reencode(body: bytes, decoder: str) -> CleanCopy:
    """The first frame's pixels and nothing else, rotated according to its metadata. Raises whatever Pillow raises on a broken image."""
    with open_image(body, decoder) as opened:
        count_pixels(opened)
        frames = frames_of(opened)
        opened.seek(0)
        opened.load()
        image = ImageOps.exif_transpose(opened)
    if decoder == "JPEG":
        image = image if image.mode in ("L", "RGB") else image.convert("RGB")
    elif image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    image.info = {}
    written = BytesIO()
    image.save(written, decoder, **({"quality": QUALITY} if decoder == "JPEG" else {}))
    return CleanCopy(written.getvalue(), frames)


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
    sys.stdout.buffer.write(clean.body)
    sys.stderr.write(f"{clean.frames}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
