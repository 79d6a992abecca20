"""The submissions of a run, each from an address of its own so that doubles are found."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from PIL import Image

from shared.catalog import load

# How a submission is sent: by a script with an Idempotency-Key, by one without, or by a person through the form.
Way = Literal["keyed", "plain", "form"]
WAYS: tuple[Way, ...] = ("keyed", "keyed", "plain", "form", "form")
SHARE_WITH_FILE = 0.2


@dataclass(frozen=True)
class SentFile:
    """A file as sent. `size_in_pixels` is set for an image, whose object becomes a re-encoded copy."""

    name: str
    media_type: str
    body: bytes
    size_in_pixels: tuple[int, int] | None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True)
class Submission:
    """`address` is unique in the run."""

    number: int
    way: Way
    category: str
    address: str
    message: str
    file: SentFile | None


def submissions(seed: int) -> Iterator[Submission]:
    """An endless series, the same for the same seed."""
    chance = random.Random(seed)
    paths = [
        path
        for path, category in load().categories.items()
        if category.listed and not any(field.required for field in category.fields)
    ]
    number = 0
    while True:
        number += 1
        yield Submission(
            number=number,
            way=chance.choice(WAYS),
            category=chance.choice(paths),
            address=f"sender-{number}.{chance.getrandbits(32):08x}@chaos.example",
            message=f"Message {number}: " + "please help – snälla hjälp! " * chance.randint(1, 40),
            file=_file(chance, number) if chance.random() < SHARE_WITH_FILE else None,
        )


def _file(chance: random.Random, number: int) -> SentFile:
    if chance.random() < 0.3:
        body = b"%PDF-1.4\n% file " + str(number).encode() + b"\n" + chance.randbytes(2000) + b"\n%%EOF\n"
        return SentFile(f"file {number}.pdf", "application/pdf", body, None)
    size = (chance.randint(20, 200), chance.randint(20, 200))
    written = BytesIO()
    Image.frombytes("RGB", size, chance.randbytes(size[0] * size[1] * 3)).save(written, "PNG")
    return SentFile(f"file {number}.png", "image/png", written.getvalue(), size)
