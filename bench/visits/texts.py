"""What the people write and attach: the same for ours and for all peers."""

import io
import random

from PIL import Image, ImageDraw

from bench.visits.form import File

SUBJECT = "I cannot log in"


def address(series: str, number: int) -> str:
    """Of another person each time."""
    return f"{series}-{number}-{random.getrandbits(32):x}@example.com"


def message(number: int) -> str:
    """Some 60 words."""
    return f"I tried to log in {number} times today. " + "The page says that something went wrong. " * 8


def screenshot() -> File:
    """A PNG of some 200 KB, of 1280 by 800 pixels: a page with panels, lines of text and a photograph."""
    chance = random.Random(5)
    picture = Image.new("RGB", (1280, 800), "#f4f4f6")
    draw = ImageDraw.Draw(picture)
    for top in range(0, 800, 160):
        draw.rectangle((40, top + 12, 760, top + 148), fill="#ffffff", outline="#c0c0c8")
        for line in range(6):
            words = " ".join(chance.choices(message(top).split(), k=12))
            draw.text((60, top + 24 + 20 * line), words, fill="#202028")
    photograph = Image.frombytes("RGB", (58, 58), chance.randbytes(58 * 58 * 3))
    picture.paste(photograph.resize((260, 260), Image.Resampling.BICUBIC), (860, 100))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return File("attachment", "screen.png", "image/png", file.getvalue())
