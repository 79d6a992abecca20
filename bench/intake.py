"""Intake beside a bare intake: submissions a second without a file and with one, and how the rate grows with threads."""

import io
import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from PIL import Image

from bench.harness.growth import Measure, growth
from bench.harness.load import Load
from bench.harness.pair import in_turns
from bench.harness.processor import core_seconds
from bench.harness.programs import ceiling, ours
from bench.harness.servers import servers
from bench.pages.row import Row
from local.ports import free_ports

CONNECTIONS = 16
ROUNDS, SECONDS, WARM_UP = 7, 3.0, 1.5
THREADS = (1, 2, 4, 8, 16, 32)
_BOUNDARY = b"bench-boundary"
_CHECKS = (
    "One process runs Python on one core at a time, and so does the bare one. Of our time a third is Flask and the server, a sixth "
    "writes the rows, an eighth makes the answer with its keyed link, a tenth reads and checks the fields. The rest counts limits in "
    "Redis, detects stalled bodies and logs. Other promises need all of that. `VIDARE_WEB_WORKERS` adds processes on machines with "
    "more cores."
)
_DECODING = (
    "Of what a submission takes, nine tenths decode the image, sign it and send it to the store, as in the bare one. A JPEG is decoded "
    "at an eighth of its size, where all of its data is read too; for a PNG there is no such way."
)


def rows() -> Iterator[Row]:
    """Yields each figure as soon as it is measured."""
    with servers() as environment:
        base, bare = free_ports(2)
        with (
            ours("intake", environment, VIDARE_BASE_PORT=str(base)),
            ceiling("bench.harness.bare_intake", bare, environment),
        ):
            yield _row("without a file", base, bare, submission(), 0.7, _CHECKS)
            for name, image in (("JPEG", photograph()), ("PNG", photograph("PNG", (310, 224)))):
                yield _row(f"with a 200 KB {name}", base, bare, submission_with(image, name.lower()), 0.85, _DECODING)
        what = "intake: submissions a second, {} threads and twice as many connections"
        yield from growth(
            "intake, by threads", what, THREADS, lambda threads: _with_threads(environment, base, threads)
        )


@contextmanager
def _with_threads(environment: Mapping[str, str], base: int, threads: int) -> Iterator[Measure]:
    with ours("intake", environment, VIDARE_BASE_PORT=str(base), VIDARE_WEB_THREADS=str(threads)) as intake:
        load = Load(base, submission(f"{threads}-threads"), 2 * threads)
        load.run(WARM_UP)
        yield lambda: _rates(load, intake.pid)


def _rates(load: Load, pid: int) -> tuple[float, float]:
    """Submissions a second, and submissions a core-second of the process and its children."""
    before = core_seconds(pid)
    rate = load.run(SECONDS).rate
    return rate, rate * SECONDS / (core_seconds(pid) - before)


def _row(what: str, base: int, bare: int, request_of: Callable[[int], bytes], promise: float, why: str = "") -> Row:
    mine, below = Load(base, request_of, CONNECTIONS), Load(bare, request_of, CONNECTIONS)
    mine.run(WARM_UP), below.run(WARM_UP)
    pair = in_turns(lambda: mine.run(SECONDS).rate, lambda: below.run(SECONDS).rate, ROUNDS)
    against = f"{pair.ours:,.0f}/s beside {pair.ceiling:,.0f}/s bare; rounds {pair.spread}"
    return Row(
        f"intake: a submission {what}, {CONNECTIONS} connections",
        pair.ratio,
        "x",
        promise,
        "more",
        against,
        part=f"intake, {what}",
        per_second=pair.ours,
        why=why,
    )


def submission(series: str = "plain") -> Callable[[int], bytes]:
    """Submissions as a server posts them: JSON, each of another person."""

    def request(number: int) -> bytes:
        body = json.dumps(fields_of(series, number)).encode()
        return _head(b"application/json", len(body)) + body

    return request


def submission_with(image: bytes, kind: str = "jpeg") -> Callable[[int], bytes]:
    """Submissions with this file, as a browser posts them. `kind`: the end of its name and of its media type."""

    def request(number: int) -> bytes:
        fields = fields_of("file", number)
        fields["details"] = json.dumps(fields["details"])
        parts = [
            b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
            % (_BOUNDARY, name.encode(), str(value).encode())
            for name, value in fields.items()
        ]
        parts.append(
            b'--%s\r\nContent-Disposition: form-data; name="attachment"; filename="a.%s"\r\n'
            b"Content-Type: image/%s\r\n\r\n%s\r\n--%s--\r\n"
            % (_BOUNDARY, kind.encode(), kind.encode(), image, _BOUNDARY)
        )
        body = b"".join(parts)
        return _head(b"multipart/form-data; boundary=" + _BOUNDARY, len(body)) + body

    return request


def fields_of(series: str, number: int) -> dict[str, object]:
    return {
        "category": "account/login",
        "email": f"{series}-{number}-{random.getrandbits(32):x}@example.com",
        "subject": "I cannot log in",
        "message": f"I tried to log in {number} times today. " + "The page says that something went wrong. " * 8,
        "platform": "web",
        "details": {"login_method": "google"},
    }


def _head(media_type: bytes, length: int) -> bytes:
    return b"POST /v1/tickets HTTP/1.1\r\nHost: bench\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (
        media_type,
        length,
    )


def photograph(kind: str = "JPEG", size: tuple[int, int] = (1600, 1200)) -> bytes:
    """An image of some 200 KB; as a JPEG of 1600 by 1200 pixels like a phone's screenshot."""
    chance = random.Random(5)
    small = Image.frombytes("RGB", (200, 150), chance.randbytes(200 * 150 * 3))
    file = io.BytesIO()
    small.resize(size, Image.Resampling.BICUBIC).save(file, kind, quality=60)
    return file.getvalue()
