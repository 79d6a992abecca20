"""VIDARE_HOME: the directory with a local stack's data, used by one stack at a time."""

import fcntl
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from local.errors import LocalError
from local.files import write_private


@dataclass(frozen=True)
class Secrets:
    """Made at the first start and kept, so that after a restart data and links stay valid."""

    secret: str
    database_password: str
    redis_password: str
    s3_access_key: str
    s3_secret_key: str


@dataclass(frozen=True)
class DataDirectory:
    """An opened directory; `lock` holds it until the process ends."""

    folder: Path
    lock: IO[str]

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def run(self) -> Path:
        """Files that are only valid while the stack runs."""
        return self.folder / "run"


def open_data_directory(folder: Path) -> DataDirectory:
    """Make `folder` if need be and lock it. Raises LocalError when it cannot be written or another stack uses it."""
    folder = folder.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for part in ("logs", "run"):
            (folder / part).mkdir(exist_ok=True, mode=0o700)
        lock = (folder / "run" / "lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise LocalError(f"cannot write to {folder}: {error.strerror}; set VIDARE_HOME to another folder") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        raise LocalError(f"a stack runs already in {folder} (pid {lock.read().strip() or 'unknown'})") from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return DataDirectory(folder, lock)


def secrets_of(directory: DataDirectory) -> Secrets:
    """The secrets, made once; raises LocalError when the file is damaged."""
    file = directory.folder / "secrets.json"
    if not file.exists():
        made = {name: secrets.token_hex(24) for name in Secrets.__dataclass_fields__}
        write_private(file, json.dumps(made, indent=1))
    try:
        return Secrets(**json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise LocalError(f"{file} is damaged: {error}; delete {directory.folder} to begin anew") from error
