"""Checks an image: its pixels are counted over all frames, and it is decoded where that is cheap enough for a request."""

import re
import threading
import warnings
from io import BytesIO
from itertools import islice

from PIL import Image, ImageFile

from shared.attachments.errors import BROKEN, TOO_MANY_FRAMES, TOO_MANY_PIXELS, UnsupportedFile
from shared.attachments.png_chunks import without_text
from shared.errors import Unavailable

# Width × height × frames. Above the first an image is refused; above the second a request checks its structure only.
MOST_PIXELS = 40_000_000
DECODED_AT_ONCE = 8_000_000
# Each frame costs its decoder some time, however small it is: 130,000 of one pixel fit into a GIF below 2 MiB and took four seconds.
MOST_FRAMES = 2_000
# A progressive JPEG is decoded once a scan: thousands of scans in a small file would keep a core busy for minutes.
# Real ones have about ten; libjpeg-turbo's own tools stop at 500.
MOST_SCANS = 100
# Three times as fast as bytes.count (80 µs against 230 in 320 KB), and it can stop early.
_START_OF_SCAN = re.compile(rb"\xff\xda")
# Two decodes at once leave the process's other threads a share of the machine.
_slots = threading.BoundedSemaphore(2)
_SLOT_SECONDS = 10

# Pillow refuses twice this by itself, and warns from here on. Our own count is as strict, but comes after a file was opened; by then a
# GIF of 170 bytes, whose only frame is declared to be 48,316 pixels wide and high, has been given two gigabytes to be wiped with.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2
warnings.simplefilter("ignore", Image.DecompressionBombWarning)
ImageFile.LOAD_TRUNCATED_IMAGES = False


def check_image(body: bytes, decoder: str) -> bool:
    """Whether the image was decoded whole; False when it is so large that only its structure was checked.

    `decoder` is Pillow's name of the format. Raises UnsupportedFile when the image is broken or has too many pixels, Unavailable
    when too many others are being decoded.
    """
    try:
        with open_image(body, decoder) as image:
            pixels = count_pixels(image)
        if decoder == "JPEG" and _has_too_many_scans(body):
            raise UnsupportedFile(BROKEN)
        if pixels > DECODED_AT_ONCE:
            _verify(body, decoder)
            return False
        _decode(body, decoder)
    except (UnsupportedFile, Unavailable):
        raise
    except Image.DecompressionBombError as error:
        raise UnsupportedFile(TOO_MANY_PIXELS) from error
    except Exception as error:  # Pillow's decoders raise about anything on a broken file
        raise UnsupportedFile(BROKEN) from error
    return True


def open_image(body: bytes, decoder: str) -> Image.Image:
    """The image, read by the decoder of its type; text and colour profile of a PNG are left out. Raises what Pillow raises."""
    return Image.open(BytesIO(without_text(body) if decoder == "PNG" else body), formats=[decoder])


def frames_of(image: Image.Image) -> int:
    """How many frames count.

    Of a phone's JPEG the first: the others (MPO) are previews and depth maps, which editors leave behind broken.
    """
    return 1 if image.format in ("JPEG", "MPO") else int(getattr(image, "n_frames", 1))


def count_pixels(image: Image.Image) -> int:
    """Width × height × frames. Raises UnsupportedFile as soon as either is too many, which bounds what a hostile file costs."""
    largest = 0
    frame = 0
    while True:
        # A later frame may lie outside the first and so make the image larger.
        largest = max(largest, image.width * image.height)
        frames = int(getattr(image, "n_frames", 1)) if image.format == "PNG" else frame + 1
        if largest * frames > MOST_PIXELS:
            raise UnsupportedFile(TOO_MANY_PIXELS)
        if frames > MOST_FRAMES:
            raise UnsupportedFile(TOO_MANY_FRAMES)
        if image.format in ("PNG", "JPEG", "MPO"):
            return largest * frames
        try:
            image.seek(frame + 1)
        except EOFError:
            return largest * frames
        frame += 1


def _has_too_many_scans(body: bytes) -> bool:
    return next(islice(_START_OF_SCAN.finditer(body), MOST_SCANS, None), None) is not None


def _verify(body: bytes, decoder: str) -> None:
    """The structure alone: PNG's checksums, JPEG's end."""
    with open_image(body, decoder) as image:
        image.verify()
    if decoder == "JPEG" and b"\xff\xd9" not in body:
        raise UnsupportedFile(BROKEN)


def _decode(body: bytes, decoder: str) -> None:
    if not _slots.acquire(timeout=_SLOT_SECONDS):
        raise Unavailable("Too many pictures at once. Please try again.", retry_after=5)
    try:
        with open_image(body, decoder) as image:
            for frame in range(frames_of(image)):
                image.seek(frame)
                # A JPEG at an eighth of its size: all of its data is read and judged as ever, but most of the arithmetic that makes
                # pixels of it, in which nothing can be found broken, is left to the clean copy. It takes half the time, and a 64th of
                # the memory.
                image.draft(None, (1, 1))
                image.load()
    finally:
        _slots.release()
