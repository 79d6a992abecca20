"""The processes that re-encode images: what a hostile one can reach, and what happens when one dies, hangs or is left over."""

import os
import signal
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import psutil
import pytest
from PIL import Image

from shared.attachments.decoders import BrokenImage, Decoders
from tests.polling import eventually
from tests.samples import files
from tests.servers_of_a_run import ROOT

TAKES_LONG = "it takes too long to decode"
TAKES_MUCH = "it takes too much to decode"


# Those of tests that ran before in this process, and keep theirs warm.
_of_others: set[int] = set()


@pytest.fixture(autouse=True)
def _remember_processes_of_others() -> None:
    _of_others.update(each.pid for each in processes_of())


@pytest.fixture
def decoders() -> Iterator[Decoders]:
    made = Decoders()
    yield made
    made.close()


def processes_of(pid: int | None = None) -> list[psutil.Process]:
    """The processes that this test, or another process, started to re-encode images."""
    started = [each for each in psutil.Process(pid).children() if "decoder_process" in _command(each)]
    return [each for each in started if each.pid not in _of_others]


def _command(process: psutil.Process) -> str:
    """Its command line; nothing of one that has ended, such as another test's."""
    with suppress(psutil.NoSuchProcess):
        return " ".join(process.cmdline())
    return ""


def the_process() -> psutil.Process:
    (found,) = processes_of()
    return found


def child_at_work() -> psutil.Process | None:
    return next((child for process in processes_of() for child in process.children()), None)


def large() -> bytes:
    """It keeps a child busy for a second."""
    row = b"\0" * (1 + 4 * 8_000)
    packer = zlib.compressobj(1)
    pixels = b"".join(packer.compress(row) for _ in range(5_000)) + packer.flush()
    return files.png_of(8_000, 5_000, pixels)


def failing_with(decoders: Decoders, body: bytes, meanwhile: Callable[[psutil.Process], object]) -> str:
    """What is said of an image to whose child something happens."""
    with ThreadPoolExecutor(1) as threads:
        result = threads.submit(decoders.reencode, body, "PNG")
        child = eventually(child_at_work, every=0.002)
        assert child is not None
        meanwhile(child)
        with pytest.raises(BrokenImage) as broken:
            result.result()
    return str(broken.value)


def test_a_process_re_encodes_one_image_after_the_other(decoders: Decoders) -> None:
    for body, decoder, frames in (
        (files.png(), "PNG", 1),
        (files.jpeg(), "JPEG", 1),
        (files.animated_gif(frames=7), "GIF", 7),
    ):
        clean = decoders.reencode(body, decoder)
        assert clean.frames == frames
        with Image.open(BytesIO(clean.body), formats=[decoder]) as picture:
            picture.load()
    assert the_process().num_fds() == 3, "one socket as standard input and output; nothing is left of the children"
    assert child_at_work() is None


def test_a_broken_image_is_told_and_its_process_used_again(decoders: Decoders) -> None:
    with pytest.raises(BrokenImage, match="it cannot be decoded"):
        decoders.reencode(files.truncated_png(), "PNG")
    first = the_process()
    assert decoders.reencode(files.png(), "PNG").body
    assert the_process() == first


def test_an_image_knows_no_secret_no_connection_and_has_limits(
    decoders: Decoders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDARE_SECRET", "the-root-secret")
    limits: list[tuple[int, int]] = []
    opened: set[str] = set()
    environment: dict[str, str] = {}

    def look(child: psutil.Process) -> None:
        # The last that it does before it opens the image.
        eventually(lambda: child.rlimit(psutil.RLIMIT_CORE) == (0, 0), every=0.001)
        child.suspend()
        limits.extend([child.rlimit(psutil.RLIMIT_AS), child.rlimit(psutil.RLIMIT_CPU)])
        opened.update(os.readlink(file) for file in Path(f"/proc/{child.pid}/fd").iterdir())
        environment.update(child.environ())
        child.kill()

    assert failing_with(decoders, large(), look) == TAKES_MUCH
    gibibyte = 1024 * 1024 * 1024
    assert limits == [(gibibyte, gibibyte), (20, 20)]
    assert opened
    assert not any("socket" in file for file in opened)
    assert environment
    assert not any("VIDARE" in name for name in environment)


def test_an_image_that_kills_its_child_harms_no_other(decoders: Decoders) -> None:
    decoders.reencode(files.png(), "PNG")
    first = the_process()
    assert failing_with(decoders, large(), lambda child: child.kill()) == TAKES_MUCH
    assert decoders.reencode(files.png(), "PNG").body
    assert the_process() == first


def test_an_image_that_hangs_is_given_up_and_its_processes_are_ended() -> None:
    decoders = Decoders(patience=5.0)
    met: list[psutil.Process] = []

    def hang(child: psutil.Process) -> None:
        child.suspend()
        met.extend((child, the_process()))

    assert failing_with(decoders, large(), hang) == TAKES_LONG
    eventually(lambda: not any(each.is_running() for each in met))
    assert decoders.reencode(files.png(), "PNG").body
    decoders.close()


def test_a_process_that_ended_is_replaced(decoders: Decoders) -> None:
    decoders.reencode(files.png(), "PNG")
    first = the_process()
    first.kill()
    assert decoders.reencode(files.png(), "PNG").body
    assert the_process() != first


def test_as_many_processes_as_images_at_once(decoders: Decoders) -> None:
    barrier = threading.Barrier(2)

    def work(_: int) -> bytes:
        barrier.wait()
        return decoders.reencode(large(), "PNG").body

    with ThreadPoolExecutor(2) as threads:
        assert all(threads.map(work, range(2)))
    assert len(processes_of()) == 2
    for _ in range(3):
        decoders.reencode(files.png(), "PNG")
    assert len(processes_of()) == 2
    decoders.close()
    assert processes_of() == []


USES_ONE = """
import sys
from shared.attachments.decoders import Decoders
from tests.samples import files
decoders = Decoders()
decoders.reencode(files.png(), "PNG")
print("done", flush=True)
sys.stdin.read()
"""


def test_it_ends_with_a_worker_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", USES_ONE], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"done\n"
        (process,) = processes_of(worker.pid)
        worker.send_signal(signal.SIGKILL)
    eventually(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)
