"""What a PDF could do."""

import zlib

import pytest

from shared.attachments.active_content import active_content
from tests.samples import files


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (files.PDF, ()),
        (files.pdf_with_script(), ("JS", "JavaScript", "OpenAction")),
        (files.PDF + b"<< /J#61vaScript 1 >>", ("JavaScript",)),
        (files.PDF + b"<< /Launch << /F (calc.exe) >> >>", ("Launch",)),
        (files.PDF + b"/JSomething /AAplus", ()),
        (
            files.PDF
            + b"<< /Filter /FlateDecode >>\nstream\r\n"
            + zlib.compress(b"<< /S /JavaScript >>")
            + b"\nendstream",
            ("JavaScript",),
        ),
        (files.PDF + b"stream\nnot deflated\nendstream", ()),
    ],
    ids=["quiet", "script", "hidden character", "launch", "longer names", "inside a stream", "broken stream"],
)
def test_what_could_act_is_named(body: bytes, found: tuple[str, ...]) -> None:
    assert active_content(body) == found


def test_a_stream_that_swells_is_looked_into_only_so_far() -> None:
    bomb = b"stream\n" + zlib.compress(b"\0" * 200_000_000, 9)
    assert active_content(files.PDF + bomb) == ()
