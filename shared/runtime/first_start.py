"""What `docker compose up` does before anything else, once: secrets that nobody chose, and volumes for their owners.

Secrets lie in a volume, one file each, and are read through `VIDARE_*_FILE`; a start on an old volume leaves them alone.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import click

# Read by every container that mounts the volume, each under a user of its own; nobody else mounts it.
_MODE = 0o444


@click.command("first-start")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--owner", multiple=True, metavar="FOLDER=UID", help="Give a fresh volume to the user that will write to it."
)
def command(folder: Path, owner: tuple[str, ...]) -> None:
    """Make the secrets that FOLDER lacks and hand volumes to their owners."""
    made = make_secrets(folder)
    for entry in owner:
        path, _, uid = entry.rpartition("=")
        os.chown(path, int(uid), int(uid))
    click.echo(f"made {', '.join(made)}" if made else "the secrets are there already")


def make_secrets(folder: Path) -> list[str]:
    """Write each secret that `folder` does not hold yet; returns the names of those made."""
    folder.mkdir(parents=True, exist_ok=True)
    made = [name for name in ("postgres", "redis", "root", "s3", "metrics") if _make(folder / name)]
    have = {path.name: path.read_text() for path in folder.iterdir() if path.suffix == ""}
    for name, text in _derived(have).items():
        _write(folder / name, text)
    return made


def _derived(have: Mapping[str, str]) -> dict[str, str]:
    return {
        "database.url": f"postgresql://vidare:{have['postgres']}@postgres:5432/vidare",
        "redis.url": f"redis://:{have['redis']}@redis:6379/0",
        # Redis keeps nothing on disk: Postgres is the truth, and a restart is always an empty one.
        "redis.conf": f'requirepass {have["redis"]}\nsave ""\nappendonly no\n',
    }


def _make(path: Path) -> bool:
    if path.exists():
        return False
    _write(path, secrets.token_urlsafe(32))
    return True


def _write(path: Path, text: str) -> None:
    if path.exists() and path.read_text() == text:
        return
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text)
    draft.chmod(_MODE)
    draft.replace(path)
