"""The files of a mail, each through the checks that every file passes; a refused one is named, never dropped."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.attachments.check import CheckedFile, check_file
from services.intake.attachments.errors import FULL, FileRefused
from services.intake.attachments.file_name import clean_name
from services.intake.attachments.store import keep_file
from services.intake.inbound_mail.mail import MailFile
from services.intake.submissions.event import StoredFile
from shared.storage.object_store import ObjectStore


@dataclass(frozen=True)
class CheckedFiles:
    """What may be kept, and what is not taken: name and reason."""

    files: tuple[CheckedFile, ...]
    not_taken: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class KeptFiles:
    """What lies in the store now, and what was not taken: name and reason."""

    files: tuple[StoredFile, ...]
    not_taken: tuple[dict[str, str], ...]


def keep_files(store: ObjectStore, files: Sequence[MailFile], room: int) -> KeptFiles:
    """Keep the first `room` files that pass. Raises Unavailable when the store is away or too many pictures are being looked at."""
    found = checked_files(files, room)
    kept = [stored for file in found.files if (stored := keep_file(store, file)) is not None]
    return KeptFiles(tuple(kept), found.not_taken)


def checked_files(files: Sequence[MailFile], room: int) -> CheckedFiles:
    """The first `room` files that pass. Raises Unavailable when too many pictures are being looked at."""
    passed: list[CheckedFile] = []
    not_taken: list[dict[str, str]] = []
    for file in files:
        checked = _checked(file)
        if isinstance(checked, CheckedFile) and len(passed) < room:
            passed.append(checked)
        else:
            because = FULL if isinstance(checked, CheckedFile) else checked
            not_taken.append({"name": clean_name(file.name), "because": because})
    return CheckedFiles(tuple(passed), tuple(not_taken))


def _checked(file: MailFile) -> CheckedFile | str:
    try:
        return check_file(file.name, file.body)
    except FileRefused as refused:
        return "; ".join(because for reasons in refused.errors.values() for because in reasons)
