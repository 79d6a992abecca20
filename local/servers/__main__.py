"""The database and the store alone, for tests: `python -m local.servers FOLDER --owner PID`.

Starts them on free ports, writes FOLDER/servers.json when both answer, and ends them on SIGTERM or when the process PID
has ended.
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path

import click
import psutil

from local.errors import LocalError
from local.files import write_private
from local.ports import free_ports
from local.servers import object_store, postgres
from local.servers.server import Server

ACCESS_KEY, SECRET_KEY, PASSWORD = "test-access", "test-secret-key", "test-password"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--owner", type=int, required=True, help="Pid of a process: the servers end when it has ended.")
@click.option("--bucket", "buckets", multiple=True, help="A bucket that the store has from the start.")
def main(folder: Path, owner: int, buckets: tuple[str, ...]) -> None:
    """Serve until SIGTERM."""
    ended = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda number, frame: ended.set())
    for bucket in buckets:
        (folder / "objects" / bucket).mkdir(parents=True, exist_ok=True)
    servers: list[Server] = []
    try:
        first, second = free_ports(2)
        servers.append(postgres.start(folder, first, password=PASSWORD, durable=False))
        servers.append(object_store.start(folder, second, access_key=ACCESS_KEY, secret_key=SECRET_KEY))
        write_private(folder / "servers.json", json.dumps(_description(servers)))
        while not ended.wait(0.5) and psutil.pid_exists(owner):
            pass
    except LocalError as error:
        click.echo(f"servers: {error}", err=True)
        sys.exit(1)
    finally:
        for server in reversed(servers):
            server.stop()


def _description(servers: list[Server]) -> dict[str, object]:
    database, store = servers
    return {
        "pid": os.getpid(),
        "database_url": database.url,
        "s3": {"endpoint": store.url, "access_key": ACCESS_KEY, "secret_key": SECRET_KEY},
    }


if __name__ == "__main__":
    main()
