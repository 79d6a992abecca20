"""Sample files: honest, lying, broken and hostile ones, each made by a function of its own name."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

from PIL import Image

Sample = Callable[[], bytes]

LIMIT = 2 * 1024 * 1024
PDF = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
)


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object) -> bytes:
    """A small real picture with some variety in it."""
    made = Image.linear_gradient("L").resize(size).convert(mode)
    written = BytesIO()
    made.save(written, kind, **options)
    return written.getvalue()


def png() -> bytes:
    return picture("PNG")


def jpeg() -> bytes:
    return picture("JPEG")


def jpeg_of_a_phone() -> bytes:
    """A photograph that names a second picture (MPO), which an editor has cut off."""
    whole = picture("MPO", save_all=True, append_images=[Image.new("RGB", (30, 20))])
    return whole[: whole.index(b"\xff\xd9") + 2]


def gif() -> bytes:
    return picture("GIF", mode="P")


def pdf() -> bytes:
    return PDF


def pdf_with_script() -> bytes:
    return PDF.replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>")


def jpeg_with_location() -> bytes:
    """A photograph with EXIF: camera, location, and a rotation."""
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (59.0, 20.0, 0.0)
    return picture("JPEG", exif=exif.tobytes())


def animated_gif(frames: int = 5, size: tuple[int, int] = (50, 50)) -> bytes:
    pictures = [Image.new("L", size, color * 5) for color in range(frames)]
    written = BytesIO()
    pictures[0].save(written, "GIF", save_all=True, append_images=pictures[1:], duration=50, disposal=2, loop=0)
    return written.getvalue()


def animated_png() -> bytes:
    pictures = [Image.new("RGB", (50, 50), (color * 40, 0, 0)) for color in range(4)]
    written = BytesIO()
    pictures[0].save(written, "PNG", save_all=True, append_images=pictures[1:], duration=50)
    return written.getvalue()


def progressive_jpeg() -> bytes:
    return picture("JPEG", size=(300, 200), progressive=True)


def of_exactly(size: int) -> bytes:
    """A PDF of exactly `size` bytes."""
    return PDF + b"\n" * (size - len(PDF))


def html() -> bytes:
    return b"<!DOCTYPE html><html><body><script>alert(document.cookie)</script></body></html>"


def svg() -> bytes:
    return b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>'


def executable() -> bytes:
    return b"\x7fELF\x02\x01\x01" + b"\x00" * 200


def plain_text() -> bytes:
    return b"Just some words, no picture at all.\n"


def zipped() -> bytes:
    return b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + b"\x00" * 100


def webp() -> bytes:
    return picture("WEBP")


def bitmap() -> bytes:
    return picture("BMP")


def png_then_html() -> bytes:
    """A polyglot: a whole PNG with a page behind it."""
    return png() + html()


def gif_then_script() -> bytes:
    return gif() + b"/*" + b"*/=1;alert(1)//"


def truncated_png() -> bytes:
    whole = picture("PNG", size=(400, 300))
    return whole[: len(whole) // 2]


def truncated_jpeg() -> bytes:
    whole = picture("JPEG", size=(400, 300))
    return whole[: len(whole) // 2]


def truncated_gif() -> bytes:
    whole = picture("GIF", size=(400, 300), mode="P")
    return whole[: len(whole) // 2]


def png_header_alone() -> bytes:
    return png()[:33]


def png_with_wrong_checksum() -> bytes:
    whole = bytearray(png())
    whole[30] ^= 0xFF
    return bytes(whole)


def jpeg_of_noise() -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01" + bytes(range(256)) * 8


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def flat_png(width: int, height: int, broken: bool = False) -> bytes:
    """A PNG of one colour: huge when decoded, small as a file. `broken`: its pixels are no deflate stream."""
    row = b"\x00" + b"\x00" * ((width + 7) // 8)
    pixels = b"no pixels at all" if broken else zlib.compress(row * height, 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def png_of(width: int, height: int, pixels: bytes) -> bytes:
    """An RGBA PNG of rows that are packed already."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def pixel_bomb() -> bytes:
    """50,000 × 50,000 pixels in a few hundred kilobytes."""
    return flat_png(50_000, 50_000)


def just_over_40_megapixels() -> bytes:
    return flat_png(8_000, 5_001)


def just_40_megapixels() -> bytes:
    return flat_png(8_000, 5_000)


def large_and_broken() -> bytes:
    """Above 8 megapixels, structure and checksums right, pixels not: only decoding tells."""
    return flat_png(4_000, 3_000, broken=True)


def gif_of_many_frames() -> bytes:
    """Each frame is small, all together are over 40 megapixels."""
    return animated_gif(frames=50, size=(1_000, 1_000))


def jpeg_of_many_scans() -> bytes:
    whole = progressive_jpeg()
    start = whole.index(b"\xff\xda")
    scan = whole[start : whole.index(b"\xff\xda", start + 2)]
    return whole[:start] + scan * 400 + whole[start:]


def gif_of_tiny_frames() -> bytes:
    """130,000 frames of one pixel in less than 2 MiB: few pixels, but each frame costs a decoder its time."""
    frame = b"\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
    return animated_gif(2, (1, 1))[:-1] + frame * 130_000 + b";"


def gif_beyond_itself() -> bytes:
    """One pixel, and a second frame that lies 65,535 pixels away and is as large."""
    return gif()[:-1] + b"\x2c\xff\xff\xff\xff\xff\xff\xff\xff\0\2\2\x44\1\0;"


def gif_that_wipes_gigabytes() -> bytes:
    """Its only frame is said to be 48,316 pixels wide and high, and to be wiped away afterwards."""
    control = b"\x21\xf9\x04\x08\0\0\0\0"
    frame = b"\x2c" + b"\xbc" * 8 + b"\0\2\2\x44\1\0"
    return b"GIF89a\x32\0\x32\0\x80\0\0" + b"\0" * 6 + control + frame + b";"


def _png_with(kind: bytes, data: bytes) -> bytes:
    """A small PNG with one more chunk behind its header."""
    whole = png()
    return whole[:33] + _chunk(kind, data) + whole[33:]


def _zeros(size: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b"\0" * 2**20) for _ in range(size // 2**20)) + packer.flush()


def png_with_profile_bomb() -> bytes:
    """A colour profile that unpacks to 200 MiB."""
    return _png_with(b"iCCP", b"x\0\0" + _zeros(200 * 2**20))


def png_with_text_bomb() -> bytes:
    """A comment that unpacks to 200 MiB."""
    return _png_with(b"zTXt", b"x\0\0" + _zeros(200 * 2**20))


def png_with_more_than_its_pixels() -> bytes:
    """Ten by ten pixels whose data unpack to 200 MiB."""
    header = struct.pack(">IIBBBBB", 10, 10, 8, 0, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", _zeros(200 * 2**20)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def png_that_boasts_of_frames() -> bytes:
    """It says that it has a thousand million frames."""
    return _png_with(b"acTL", struct.pack(">II", 10**9, 0))


def pdf_then_html() -> bytes:
    return PDF + html()


def pdf_of_packed_streams() -> bytes:
    """Two hundred streams that unpack to 1.6 GiB together."""
    stream = b"stream\n" + _zeros(8 * 2**20) + b"\nendstream\n"
    return PDF + stream * 200
