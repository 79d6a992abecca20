"""The ports of a stack, and whether they are free."""

import random
import socket

from local.errors import LocalError

# Offsets from VIDARE_BASE_PORT.
SERVER_OFFSETS = {"postgres": 10, "redis": 11, "s3": 12, "smtp-sink": 13}
# Where a stack beside others looks for ports: below those that the kernel gives to outgoing connections (32768 and up); two stacks
# are 20 apart.
BASES = range(20_000, 32_000, 20)
HIGHEST_OFFSET = 17  # of the proxies of `make chaos`


def is_listening(host: str, port: int, timeout: float = 0.5) -> bool:
    """Whether something accepts connections there."""
    try:
        with socket.create_connection((host, port), timeout=timeout):
            return True
    except OSError:
        return False


def in_use(host: str, port: int) -> bool:
    """Whether a server of ours could not listen there. Connections that are only closing do not count."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
            attempt.listen(1)
        except OSError:
            return True
    return False


def require_free(host: str, ports: dict[str, int]) -> None:
    """Raise LocalError naming every port of `ports` (name → port) that something else holds."""
    used = [f"{port} ({name})" for name, port in ports.items() if in_use(host, port)]
    if used:
        raise LocalError(
            f"already in use on {host}: port {', '.join(used)}; stop what listens there or set VIDARE_BASE_PORT"
        )


def free_ports(count: int, host: str = "127.0.0.1") -> list[int]:
    """`count` different ports that nothing listens on at this moment."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(count)]
    try:
        for one in sockets:
            one.bind((host, 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


def free_base() -> int:
    """A VIDARE_BASE_PORT whose ports nothing listens on. Raises LocalError where none is found."""
    for base in random.sample(BASES, 50):
        if not any(in_use("127.0.0.1", base + offset) for offset in range(HIGHEST_OFFSET + 1)):
            return base
    raise LocalError("no free ports in a row")
