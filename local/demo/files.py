"""The demo's sample files, generated so that the repository holds no binary of unknown origin."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw


@dataclass(frozen=True)
class SampleFile:
    """A file to post: its name, the media type that its sender claims, and its bytes."""

    name: str
    media_type: str
    body: bytes


def sample_file(name: str) -> SampleFile:
    """The sample of this name. Raises KeyError for an unknown one."""
    return {
        "screenshot.png": lambda: SampleFile(name, "image/png", _picture("PNG")),
        "advert.jpg": lambda: SampleFile(name, "image/jpeg", _picture("JPEG")),
        "attestation.pdf": lambda: SampleFile(name, "application/pdf", _pdf("Attestation of compliance")),
        "page-that-lies.png": lambda: SampleFile(name, "image/png", b"<!doctype html><script>alert(1)</script>"),
    }[name]()


def _picture(kind: str) -> bytes:
    """A small landscape, so that a person who looks at the ticket sees something."""
    picture = Image.new("RGB", (480, 320), "#bcd9f2")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((340, 40, 420, 120), fill="#ffd166")
    draw.polygon([(0, 320), (160, 130), (300, 320)], fill="#4a7c59")
    draw.polygon([(180, 320), (330, 180), (480, 320)], fill="#2f5d44")
    out = BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def _pdf(text: str) -> bytes:
    """A one-page PDF with one line of text, after the example in ISO 32000-1, annex H.3."""
    stream = f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return bytes(out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end)
