"""The processes that re-encode images (decoder_process.py): started when needed, used again, and replaced when they fail."""

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress

from shared.attachments.decoder_process import ANSWER, BROKEN, CLEAN, REQUEST, SECONDS
from shared.attachments.reencode import CleanCopy
from shared.errors import TransientError

_MODULE = "shared.attachments.decoder_process"
# What an interpreter needs to start; everything else may be a secret.
_INHERITED = ("PATH", "LANG", "LC_", "LD_", "DYLD_", "PYTHON")
# Large pages for decoded pixels: each child gets its memory anew, which took 4 of the 20 ms of a photograph of 2 megapixels.
_TUNED = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
# A process that was idle for long may just have ended. The second is a new one.
_TRIES = 2


class BrokenImage(Exception):
    """It is no whole image, or decoding it exceeds a limit."""


class Decoders:
    """As many processes as images are re-encoded at once. Safe to share between threads; not to be used before a fork."""

    def __init__(self, patience: float = SECONDS) -> None:
        """`patience`: seconds for one image."""
        self._patience = patience
        self._idle: list[_Process] = []
        self._lock = threading.Lock()

    def reencode(self, body: bytes, decoder: str) -> CleanCopy:
        """A clean copy of the image. `decoder` is Pillow's name of the format.

        Raises BrokenImage; TransientError when no process can be had.
        """
        for _ in range(_TRIES):
            process = self._take()
            try:
                outcome, clean = process.reencode(body, decoder)
            except TimeoutError as error:
                process.end()
                raise BrokenImage("it takes too long to decode") from error
            except (OSError, EOFError):
                process.end()
                continue
            with self._lock:
                self._idle.append(process)
            if outcome == CLEAN:
                return clean
            raise BrokenImage("it cannot be decoded" if outcome == BROKEN else "it takes too much to decode")
        raise TransientError("no process re-encodes images")

    def close(self) -> None:
        """End the processes; a later use starts others."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.end()

    def _take(self) -> "_Process":
        with self._lock:
            if self._idle:
                return self._idle.pop()
        try:
            return _Process(self._patience)
        except OSError as error:
            raise TransientError("no process to re-encode images can be started") from error


class _Process:
    """One of them, in a process group of its own, so that its child can be ended too. It ends by itself once our side of the socket is
    closed, however we end."""

    def __init__(self, patience: float) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", _MODULE],
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                env={name: value for name, value in os.environ.items() if name.startswith(_INHERITED)} | _TUNED,
                process_group=0,
            )
        self._socket.settimeout(patience)
        self._answers = self._socket.makefile("rb")

    def reencode(self, body: bytes, decoder: str) -> tuple[int, CleanCopy]:
        """What became of it, and its copy. Raises TimeoutError; OSError or EOFError when the process is gone."""
        name = decoder.encode("ascii")
        self._socket.sendall(REQUEST.pack(len(name), len(body)) + name + body)
        outcome, frames, length = ANSWER.unpack(self._read(ANSWER.size))
        return outcome, CleanCopy(self._read(length), frames)

    def end(self) -> None:
        """Kill it and the child at work."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._answers.close()
        self._socket.close()
        self._process.wait()

    def _read(self, length: int) -> bytes:
        part = self._answers.read(length)
        if len(part) < length:
            raise EOFError
        return part
