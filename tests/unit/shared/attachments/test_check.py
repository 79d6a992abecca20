"""Real sample files, honest and lying, each with its answer."""

import subprocess
import sys
import threading
import time

import pytest

from shared.attachments import errors
from shared.attachments.check import CheckedFile, check_file
from shared.attachments.sniff import self_test
from shared.errors import UseCaseError
from tests.samples import files
from tests.samples.files import Sample
from tests.servers_of_a_run import ROOT

# Pillow warns of large ones before it refuses any.
pytestmark = pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")

ACCEPTED: list[tuple[str, Sample, str]] = [
    ("a.png", files.png, "image/png"),
    ("a.PNG", files.png, "image/png"),
    ("a.jpg", files.jpeg, "image/jpeg"),
    ("a.jpeg", files.jpeg, "image/jpeg"),
    ("a.gif", files.gif, "image/gif"),
    ("a.pdf", files.pdf, "application/pdf"),
    ("script.pdf", files.pdf_with_script, "application/pdf"),
    ("located.jpg", files.jpeg_with_location, "image/jpeg"),
    ("moves.gif", files.animated_gif, "image/gif"),
    ("moves.png", files.animated_png, "image/png"),
    ("slow.jpg", files.progressive_jpeg, "image/jpeg"),
    ("behind.png", files.png_then_html, "image/png"),
    ("behind.gif", files.gif_then_script, "image/gif"),
    ("behind.pdf", files.pdf_then_html, "application/pdf"),
    ("more.png", files.png_with_more_than_its_pixels, "image/png"),
    ("streams.pdf", files.pdf_of_packed_streams, "application/pdf"),
    ("forty.png", files.just_40_megapixels, "image/png"),
    ("later.png", files.large_and_broken, "image/png"),
    ("two.dots.png", files.png, "image/png"),
    ("../../etc/passwd.png", files.png, "image/png"),
    ("invoice\u202egnp.png", files.png, "image/png"),
    # Text and colour profile are left out before the picture is opened, so that a bomb in them is never inflated.
    ("profile.png", files.png_with_profile_bomb, "image/png"),
    ("comment.png", files.png_with_text_bomb, "image/png"),
    (".png", files.png, "image/png"),
    ("....png", files.png, "image/png"),
    ("IMG_0001.jpg", files.jpeg_of_a_phone, "image/jpeg"),
    ("almost.pdf", lambda: files.of_exactly(files.LIMIT - 1), "application/pdf"),
]

REFUSED: list[tuple[str, Sample, str]] = [
    ("empty.png", bytes, errors.EMPTY),
    ("large.pdf", lambda: files.of_exactly(files.LIMIT), errors.TOO_LARGE),
    ("larger.pdf", lambda: files.of_exactly(files.LIMIT + 1), errors.TOO_LARGE),
    ("page.png", files.html, errors.WRONG_KIND),
    ("page.html", files.html, errors.WRONG_KIND),
    ("drawing.svg", files.svg, errors.WRONG_KIND),
    ("drawing.png", files.svg, errors.WRONG_KIND),
    ("program.pdf", files.executable, errors.WRONG_KIND),
    ("text.pdf", files.plain_text, errors.WRONG_KIND),
    ("zip.png", files.zipped, errors.WRONG_KIND),
    ("a.webp", files.webp, errors.WRONG_KIND),
    ("a.bmp", files.bitmap, errors.WRONG_KIND),
    ("png-named.jpg", files.png, errors.WRONG_KIND),
    ("jpeg-named.png", files.jpeg, errors.WRONG_KIND),
    ("gif-named.png", files.gif, errors.WRONG_KIND),
    ("pdf-named.png", files.pdf, errors.WRONG_KIND),
    ("picture.exe", files.png, errors.WRONG_KIND),
    ("picture.png.exe", files.png, errors.WRONG_KIND),
    ("picture.png\x00.exe", files.png, errors.WRONG_KIND),
    ("png", files.png, errors.WRONG_KIND),
    ("", files.png, errors.WRONG_KIND),
    ("cut.png", files.truncated_png, errors.BROKEN),
    ("cut.jpg", files.truncated_jpeg, errors.BROKEN),
    ("cut.gif", files.truncated_gif, errors.BROKEN),
    ("head.png", files.png_header_alone, errors.BROKEN),
    ("sum.png", files.png_with_wrong_checksum, errors.BROKEN),
    ("noise.jpg", files.jpeg_of_noise, errors.BROKEN),
    ("scans.jpg", files.jpeg_of_many_scans, errors.BROKEN),
    ("bomb.png", files.pixel_bomb, errors.TOO_MANY_PIXELS),
    ("over.png", files.just_over_40_megapixels, errors.TOO_MANY_PIXELS),
    ("boasts.png", files.png_that_boasts_of_frames, errors.TOO_MANY_PIXELS),
    ("beyond.gif", files.gif_beyond_itself, errors.TOO_MANY_PIXELS),
    ("wipes.gif", files.gif_that_wipes_gigabytes, errors.TOO_MANY_PIXELS),
    ("tiny.gif", files.gif_of_tiny_frames, errors.TOO_MANY_FRAMES),
    ("frames.gif", files.gif_of_many_frames, errors.TOO_MANY_PIXELS),
]


@pytest.mark.parametrize(("name", "sample", "media_type"), ACCEPTED, ids=[name for name, _, _ in ACCEPTED])
def test_an_honest_file_is_accepted(name: str, sample: Sample, media_type: str) -> None:
    accepted = check_file(name, sample())
    assert accepted.media_type == media_type
    assert "/" not in accepted.name
    assert "\u202e" not in accepted.name


@pytest.mark.parametrize(("name", "sample", "because"), REFUSED, ids=[repr(name) for name, _, _ in REFUSED])
def test_any_other_is_refused_with_its_reason(name: str, sample: Sample, because: str) -> None:
    with pytest.raises(UseCaseError) as refused:
        check_file(name, sample())
    assert isinstance(refused.value, errors.FileRefused)
    assert refused.value.errors == {"attachment": [because]}


def test_the_hash_is_that_of_the_bytes_as_sent() -> None:
    body = b"%PDF-1.4\nabc"
    assert check_file("a.pdf", body).sha256 == "af2f0bbdd0af4f20ead54a13f594b47a10f7d4ce98879388eb0536a1f4a4907f"


def test_this_machines_libmagic_recognises_our_types() -> None:
    self_test()


def test_eight_threads_check_at_once_and_each_gets_its_own_answer() -> None:
    samples = [("a.png", files.png()), ("a.jpg", files.jpeg()), ("a.gif", files.gif()), ("a.pdf", files.pdf())] * 2
    barrier = threading.Barrier(len(samples))
    answers: dict[int, list[CheckedFile]] = {}

    def check(index: int, name: str, body: bytes) -> None:
        barrier.wait()
        answers[index] = [check_file(name, body) for _ in range(20)]

    threads = [threading.Thread(target=check, args=(index, *sample)) for index, sample in enumerate(samples)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    kinds = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "pdf": "application/pdf"}
    for index, (name, _) in enumerate(samples):
        assert {answer.media_type for answer in answers[index]} == {kinds[name.rpartition(".")[2]]}


@pytest.mark.parametrize(
    "sample",
    [
        files.pixel_bomb,
        files.gif_of_many_frames,
        files.gif_of_tiny_frames,
        files.jpeg_of_many_scans,
        files.just_40_megapixels,
        files.png_with_profile_bomb,
        files.png_with_text_bomb,
        files.png_with_more_than_its_pixels,
        files.pdf_of_packed_streams,
    ],
)
def test_no_sample_costs_a_request_more_than_a_moment(sample: Sample) -> None:
    body = sample()
    started = time.process_time()
    for name in ("a.png", "a.gif", "a.jpg", "a.pdf"):
        try:
            check_file(name, body)
        except errors.FileRefused:
            continue
    assert time.process_time() - started < 2


# A process that may take 600 MiB in all, as large as itself and one decoded picture; running out of it makes a file "damaged".
WITH_LITTLE_MEMORY = """
import resource, sys
from shared.attachments.check import check_file
from shared.attachments.errors import FileRefused
resource.setrlimit(resource.RLIMIT_AS, (600 * 2**20, 600 * 2**20))
try:
    check_file(sys.argv[1], sys.stdin.buffer.read())
except FileRefused as refused:
    print(refused)
"""


@pytest.mark.parametrize(
    ("name", "sample"),
    [
        ("a.gif", files.gif_that_wipes_gigabytes),
        ("a.gif", files.gif_beyond_itself),
        ("a.png", files.pixel_bomb),
        ("a.png", files.just_over_40_megapixels),
    ],
)
def test_too_large_an_image_needs_little_memory(name: str, sample: Sample) -> None:
    command = [sys.executable, "-c", WITH_LITTLE_MEMORY, name]
    checked = subprocess.run(command, input=sample(), capture_output=True, cwd=ROOT, check=True)
    assert checked.stdout.decode().strip() == errors.TOO_MANY_PIXELS
