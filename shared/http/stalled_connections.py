"""Close connections on which nothing arrives any more: the server itself waits for them without end."""

import os
import socket
import stat
import struct
import sys
from contextlib import suppress

# Where Linux's struct tcp_info (linux/tcp.h) holds tcpi_last_data_recv: milliseconds since something arrived.
_LAST_DATA_RECEIVED = 52


def close_stalled(address: str, port: int, silent: float) -> int:
    """Stop reading from connections of `address` to our `port` that were silent for so many seconds; how many there were.

    An idle connection between two requests is closed too, as a server may (RFC 9112, 9.5). Only Linux reports this; elsewhere
    nothing happens.
    """
    if not sys.platform.startswith("linux"):
        return 0
    closed = 0
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            connection = socket.socket(fileno=os.dup(int(name)))
            if connection.type == socket.SOCK_STREAM and _is_stalled(connection, address, port, silent):
                connection.shutdown(socket.SHUT_RD)
                closed += 1
            connection.close()
    return closed


def _is_stalled(connection: socket.socket, address: str, port: int, silent: float) -> bool:
    if connection.family not in (socket.AF_INET, socket.AF_INET6) or connection.getsockname()[1] != port:
        return False
    if connection.getpeername()[0].removeprefix("::ffff:") != address.removeprefix("::ffff:"):
        return False
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_DATA_RECEIVED + 4)
    (milliseconds,) = struct.unpack_from("I", info, _LAST_DATA_RECEIVED)
    return bool(milliseconds >= silent * 1000)
