"""Files that only their owner may read, replaced in one step."""

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Replace `path` by a file with `text` and mode 0600; a reader sees the old content or the new, never a part."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
