"""Starts the child that re-encodes a picture, and reads its verdict."""

import subprocess
import sys

from services.intake.attachments.reencode_child import BROKEN, SECONDS


class BrokenPicture(Exception):
    """It is no whole picture, or decoding it takes more than any picture may."""


def reencode_image(body: bytes, media_type: str) -> bytes:
    """A clean copy of the picture: its pixels, without metadata and whatever lay beyond them.

    Raises BrokenPicture.
    """
    try:
        child = subprocess.run(
            [sys.executable, "-m", "services.intake.attachments.reencode_child", media_type],
            input=body,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BrokenPicture("it takes too long to decode") from error
    if child.returncode == BROKEN:
        raise BrokenPicture("it cannot be decoded")
    if child.returncode != 0:
        raise BrokenPicture("it takes too much to decode")
    return child.stdout
