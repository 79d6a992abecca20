"""Real files, altered at random. Each is accepted or refused with a reason, and an accepted image is cleaned."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from shared.attachment_types import BY_MEDIA_TYPE, EXTENSIONS
from shared.attachments.active_content import active_content
from shared.attachments.check import CheckedFile, check_file
from shared.attachments.errors import FileRefused
from shared.attachments.file_name import LONGEST, clean_name
from shared.attachments.reencode import reencode
from tests.random_examples import examples
from tests.samples import files

HONEST = {
    "png": (files.png(), files.animated_png()),
    "gif": (files.gif(), files.animated_gif()),
    "jpg": (files.jpeg(), files.progressive_jpeg(), files.jpeg_with_location()),
    "pdf": (files.pdf(), files.pdf_with_script()),
}
MARK = b"<script>alert(document.cookie)</script>"
# Pillow warns of what it repairs.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
EXAMPLES = settings(max_examples=examples(150), deadline=None)


@st.composite
def bent(draw: st.DrawFn, kind: str) -> bytes:
    """A file of this kind with some of its bytes changed, cut out, or put in."""
    body = bytearray(draw(st.sampled_from(HONEST[kind])))
    for _ in range(draw(st.integers(1, 6))):
        if not body:
            break
        at = draw(st.integers(0, len(body) - 1))
        how = draw(st.sampled_from(["flip", "set", "cut", "end", "put", "twice"]))
        if how == "flip":
            body[at] ^= 1 << draw(st.integers(0, 7))
        elif how == "set":
            body[at : at + 4] = draw(
                st.sampled_from([b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0"])
            )
        elif how == "cut":
            del body[at : at + draw(st.integers(1, 40))]
        elif how == "end":
            del body[at:]
        elif how == "put":
            body[at:at] = draw(st.one_of(st.just(MARK), st.binary(max_size=40)))
        else:
            body[at:at] = body[at : at + draw(st.integers(1, 400))]
    return bytes(body)


def accept(name: str, body: bytes) -> CheckedFile | None:
    """The accepted file; None for a refused one. Any other error is a bug."""
    try:
        return check_file(name, body)
    except FileRefused:
        return None


@pytest.mark.parametrize("kind", HONEST)
@EXAMPLES
@given(data=st.data())
def test_a_bent_file_is_accepted_or_refused_and_an_accepted_image_is_cleaned(kind: str, data: st.DataObject) -> None:
    accepted = accept(f"a.{kind}", data.draw(bent(kind)))
    decoder = BY_MEDIA_TYPE[accepted.media_type].decoder if accepted else None
    if accepted is None or decoder is None:
        return
    try:
        clean = reencode(accepted.body, decoder).body
    except Exception:  # Pillow raises about anything; the file is then quarantined
        return
    assert MARK not in clean
    assert b"Secret Camera" not in clean
    with Image.open(BytesIO(clean), formats=[decoder]) as picture:
        picture.load()
        assert not picture.getexif()


@EXAMPLES
@given(body=bent("jpg"))
def test_a_jpeg_is_accepted_only_if_all_of_it_can_be_decoded(body: bytes) -> None:
    """A request decodes it at a smaller size."""
    if accept("a.jpg", body) is None:
        return
    with Image.open(BytesIO(body), formats=["JPEG"]) as picture:
        picture.load()


@EXAMPLES
@given(
    body=st.binary(max_size=400),
    start=st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff\xe0", b"%PDF-1.4\n"]),
)
def test_noise_with_a_real_beginning_ends_in_no_error_of_ours(body: bytes, start: bytes) -> None:
    for kind in EXTENSIONS:
        accept(f"a.{kind}", start + body)


@EXAMPLES
@given(body=bent("pdf"), more=st.binary(max_size=300))
def test_looking_through_a_pdf_ends_in_no_error_of_ours(body: bytes, more: bytes) -> None:
    assert isinstance(active_content(body + b"stream\n" + more), tuple)


@EXAMPLES
@given(name=st.text(max_size=400))
def test_whatever_a_file_is_called_its_name_is_harmless(name: str) -> None:
    clean = clean_name(name)
    assert 0 < len(clean.encode()) <= LONGEST
    assert not set(clean) & set("/\\\0\r\n\u202e\u2066\u200f\u2028")
    assert clean.isprintable()
    assert clean not in (".", "..")
    assert clean_name(clean) == clean
