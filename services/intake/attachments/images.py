"""Whether a picture is one: its size counted over all frames, and decoded where that is cheap enough for a request."""

import re
import threading
import warnings
from io import BytesIO
from itertools import islice

from PIL import Image, ImageFile

from services.intake.attachments.errors import BROKEN, TOO_MANY_FRAMES, TOO_MANY_PIXELS, FileNotTaken
from shared.errors import Unavailable

# Width × height × frames. Above the first a picture is refused; above the second a request only looks at its structure.
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

FORMATS = {"image/gif": "GIF", "image/png": "PNG", "image/jpeg": "JPEG"}

# Pillow refuses twice this by itself, and warns from here on. Our own count is as strict, but comes after a file was opened; by then a
# GIF of 170 bytes, whose only frame is said to be 48,316 pixels wide and high, has been given two gigabytes to be wiped with.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2
warnings.simplefilter("ignore", Image.DecompressionBombWarning)
ImageFile.LOAD_TRUNCATED_IMAGES = False


def check_picture(body: bytes, media_type: str) -> bool:
    """Whether the picture was decoded whole; False when it is so large that only its structure was looked at.

    Raises FileNotTaken when it is broken or has too many pixels, Unavailable when too many others are being decoded.
    """
    try:
        with Image.open(BytesIO(body), formats=[FORMATS[media_type]]) as picture:
            pixels = count_pixels(picture)
        if media_type == "image/jpeg" and _has_too_many_scans(body):
            raise FileNotTaken(BROKEN)
        if pixels > DECODED_AT_ONCE:
            _verify(body, media_type)
            return False
        _decode(body, media_type)
    except (FileNotTaken, Unavailable):
        raise
    except Image.DecompressionBombError as error:
        raise FileNotTaken(TOO_MANY_PIXELS) from error
    except Exception as error:  # Pillow's decoders raise about anything on a broken file
        raise FileNotTaken(BROKEN) from error
    return True


def count_pixels(picture: Image.Image) -> int:
    """Width × height × frames. Raises FileNotTaken as soon as either is too many, so that it never costs more than it may."""
    largest = 0
    frame = 0
    while True:
        # A later frame may lie outside the first and so make the picture larger.
        largest = max(largest, picture.width * picture.height)
        frames = int(getattr(picture, "n_frames", 1)) if picture.format == "PNG" else frame + 1
        if largest * frames > MOST_PIXELS:
            raise FileNotTaken(TOO_MANY_PIXELS)
        if frames > MOST_FRAMES:
            raise FileNotTaken(TOO_MANY_FRAMES)
        if picture.format == "PNG":
            return largest * frames
        try:
            picture.seek(frame + 1)
        except EOFError:
            return largest * frames
        frame += 1


def _has_too_many_scans(body: bytes) -> bool:
    return next(islice(_START_OF_SCAN.finditer(body), MOST_SCANS, None), None) is not None


def _verify(body: bytes, media_type: str) -> None:
    """The structure alone: PNG's checksums, JPEG's end."""
    with Image.open(BytesIO(body), formats=[FORMATS[media_type]]) as picture:
        picture.verify()
    if media_type == "image/jpeg" and b"\xff\xd9" not in body:
        raise FileNotTaken(BROKEN)


def _decode(body: bytes, media_type: str) -> None:
    if not _slots.acquire(timeout=_SLOT_SECONDS):
        raise Unavailable("Too many pictures at once. Please try again.", retry_after=5)
    try:
        with Image.open(BytesIO(body), formats=[FORMATS[media_type]]) as picture:
            for frame in range(int(getattr(picture, "n_frames", 1))):
                picture.seek(frame)
                picture.load()
    finally:
        _slots.release()
