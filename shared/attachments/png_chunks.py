"""Leaves out a PNG's chunks of text and colour, which may be larger than any picture and which its clean copy does not have. Pure."""

import struct

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# PNG, third edition, 11.3.2 and 11.3.3. Pillow refuses a picture whose text or profile is over a megabyte.
_DROPPED = {b"tEXt", b"zTXt", b"iTXt", b"iCCP"}


def without_text(body: bytes) -> bytes:
    """The PNG without those chunks; what is no chunk is left to the decoder to judge."""
    if not body.startswith(SIGNATURE):
        return body
    kept, start, whole = [SIGNATURE], len(SIGNATURE), True
    while start + 12 <= len(body):
        (length,) = struct.unpack_from(">I", body, start)
        end = start + 12 + length
        if end > len(body):
            break
        if body[start + 4 : start + 8] in _DROPPED:
            whole = False
        else:
            kept.append(body[start:end])
        start = end
    return body if whole else b"".join([*kept, body[start:]])
