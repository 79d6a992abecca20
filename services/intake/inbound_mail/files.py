"""Checks the files of a mail as every file is checked; a refused one is reported by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.attachments.store import keep_file
from services.intake.inbound_mail.mail import MailFile
from services.intake.submissions.event import StoredFile
from shared.attachment_types import BY_EXTENSION, BY_MEDIA_TYPE
from shared.attachments.check import CheckedFile, check_file
from shared.attachments.errors import FULL, FileRefused
from shared.attachments.file_name import clean_name, extension
from shared.attachments.sniff import media_type_of
from shared.storage.object_store import ObjectStore


@dataclass(frozen=True)
class CheckedFiles:
    """Files that may be kept, and those that are not accepted: name and reason."""

    files: tuple[CheckedFile, ...]
    not_accepted: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class KeptFiles:
    """Files in the store, and those that were not accepted: name and reason."""

    files: tuple[StoredFile, ...]
    not_accepted: tuple[dict[str, str], ...]


def keep_files(store: ObjectStore, files: Sequence[MailFile], most: int) -> KeptFiles:
    """Keep the first `most` files that pass. Raises Unavailable when the store is away or too many images are being decoded."""
    found = checked_files(files, most)
    kept = [stored for file in found.files if (stored := keep_file(store, file)) is not None]
    return KeptFiles(tuple(kept), found.not_accepted)


def checked_files(files: Sequence[MailFile], most: int) -> CheckedFiles:
    """The first `most` files that pass. Raises Unavailable when too many images are being decoded."""
    passed: list[CheckedFile] = []
    not_accepted: list[dict[str, str]] = []
    for file in files:
        checked = _checked(file)
        if isinstance(checked, CheckedFile) and len(passed) < most:
            passed.append(checked)
        else:
            because = FULL if isinstance(checked, CheckedFile) else checked
            not_accepted.append({"name": clean_name(file.name), "because": because})
    return CheckedFiles(tuple(passed), tuple(not_accepted))


def _checked(file: MailFile) -> CheckedFile | str:
    try:
        return check_file(_name_by_type(file), file.body)
    except FileRefused as refused:
        return "; ".join(because for reasons in refused.errors.values() for because in reasons)


def _name_by_type(file: MailFile) -> str:
    """The file's name with the extension of what it is: mail programs send `IMG_2041`, and JPEGs called .png."""
    kind = BY_MEDIA_TYPE.get(media_type_of(file.body)) if file.body else None
    name = clean_name(file.name)
    if kind is None or extension(name) in kind.extensions:
        return file.name
    named = BY_EXTENSION.get(extension(name))
    stem = name.rpartition(".")[0] if named is not None else name
    return f"{stem}.{kind.extensions[0]}"
