"""`python -m shared.attachments.decoder_process`: a process that re-encodes images, each in a child of its own.

It has loaded the decoders, so that a child costs a fork (1 ms) instead of an interpreter's start (30 ms). It never looks into an image
itself; a hostile one can end or take over its own child, which knows no other image, no secret and no connection. Standard input and
output are one socket, on which decoders.py sends one image at a time.
"""

import gc
import os
import resource
import select
import socket
import struct

from shared.attachment_types import ATTACHMENT_TYPES
from shared.attachments.reencode import reencode

# Length of the decoder's name and of the image; then both.
REQUEST = struct.Struct(">HI")
# What became of it, how many frames it had, and the length of the clean copy, which follows.
ANSWER = struct.Struct(">BII")
CLEAN, BROKEN, TOO_MUCH = range(3)

# Bytes. An image of 40 megapixels is 160 MB decoded; turning and converting it needs three of these at once.
MEMORY = 1024 * 1024 * 1024
# Of a core. Whoever waits for the answer has the same patience by the clock.
SECONDS = 20
# Bytes of a clean copy; it comes of less than 2 MiB. A hostile child must not fill the memory of others.
LARGEST = 64 * 1024 * 1024
# Without an image for so many seconds it ends: it holds 15 MiB, and is started again in a moment.
IDLE_SECONDS = 60.0


def serve(connection: socket.socket) -> None:
    """Answer one request after the other, until the other side closes or is silent for long."""
    requests = connection.makefile("rb")
    while select.select([connection], [], [], IDLE_SECONDS)[0]:
        head = requests.read(REQUEST.size)
        if len(head) < REQUEST.size:
            return
        name_length, length = REQUEST.unpack(head)
        decoder = requests.read(name_length).decode("ascii")
        connection.sendall(_in_a_child(requests.read(length), decoder))


def _in_a_child(body: bytes, decoder: str) -> bytes:
    """The answer of a new process; TOO_MUCH when it ended without a whole one."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(readable)
            _work(writable, body, decoder)
        finally:
            os._exit(1)
    os.close(writable)
    with open(readable, "rb") as pipe:
        answer = pipe.read(LARGEST)
    _, status = os.waitpid(child, 0)
    return answer if status == 0 and _is_whole(answer) else ANSWER.pack(TOO_MUCH, 0, 0)


def _is_whole(answer: bytes) -> bool:
    return len(answer) >= ANSWER.size and len(answer) == ANSWER.size + ANSWER.unpack_from(answer)[2]


def _work(writable: int, body: bytes, decoder: str) -> None:
    """Re-encode within the limits, write the answer and end."""
    _leave_all_behind()
    try:
        clean = reencode(body, decoder)
        answer = ANSWER.pack(CLEAN, clean.frames, len(clean.body)) + clean.body
    except MemoryError:
        answer = ANSWER.pack(TOO_MUCH, 0, 0)
    except Exception:  # Pillow's decoders raise about anything on a broken file
        answer = ANSWER.pack(BROKEN, 0, 0)
    with open(writable, "wb") as pipe:
        pipe.write(answer)
    os._exit(0)


def _leave_all_behind() -> None:
    """Close the socket, on which other images travel, and set the limits."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.close(nothing)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold a stranger's picture


def main() -> None:
    """Load the decoders by the types' own samples, then serve."""
    for kind in ATTACHMENT_TYPES:
        if kind.decoder is not None:
            reencode(kind.sample, kind.decoder)
    # What is loaded stays: the children need not look through it, and share its pages.
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=0) as connection:
        serve(connection)


if __name__ == "__main__":
    main()
