"""The first step of `docker compose up`: make missing secrets, and give volumes to the users of their containers.

Secrets are files in a volume, read through `VIDARE_*_FILE`; a start on an existing volume leaves them unchanged.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import click

# Readable by every container that mounts the volume, each under a user of its own; no other mounts it.
_MODE = 0o444


@click.command("first-start")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--owner", multiple=True, metavar="FOLDER=UID", help="Give a fresh volume to the user that will write to it."
)
def command(folder: Path, owner: tuple[str, ...]) -> None:
    """Make the secrets that FOLDER lacks and change the owners of volumes."""
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
        # Redis keeps nothing on disk, so that a restart is always empty: PostgreSQL is the source of truth.
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
