"""The file of a form that is shown again: kept for the next try, shown by its name, removed on request."""

from collections.abc import Container
from contextlib import suppress

from flask import request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.intake.attachments.staged import StagedFile, find_staged, read_staged, remove_staged, stage_file
from services.intake.current_deps import deps
from services.intake.sender import network
from services.intake.submissions.posted import uploads_of
from services.intake.submissions.submission import Upload
from services.intake.submissions.validate import read_file
from services.intake.web.submission.form_input import FILE
from shared.errors import TransientError, UseCaseError

# The form's own field with the token of a kept file, and its button "Remove".
KEPT = "kept_file"
REMOVE = "remove_file"


def sent_uploads() -> list[Upload]:
    """The file chosen now, else the one that was kept. Raises Unprocessable when its hour is over, TransientError."""
    chosen = [upload for upload in uploads_of(request.files.getlist(FILE)) if upload.name or upload.body]
    kept = request.form.get(KEPT, "")
    return chosen if chosen or not kept else [read_staged(deps().engine, deps().store, kept)]


def wants_removal() -> bool:
    """Whether "Remove" was pressed: nothing is sent then, and the form is shown again without the file."""
    if REMOVE not in request.form:
        return False
    _remove(request.form.get(KEPT, ""))
    return True


def kept_file(errors: Container[str]) -> StagedFile | None:
    """The file that the form shown next still has. A wrong file is not kept; one chosen now replaces an older one."""
    token = request.form.get(KEPT, "")
    if REMOVE in request.form or FILE in errors:
        return None
    if chosen_a_file():
        kept = _keep()
        if kept and token:
            _remove(token)
        return kept
    return _find(token) if token else None


def chosen_a_file() -> bool:
    """Whether this request brings a file."""
    return any(file.filename for file in request.files.getlist(FILE))


def _keep() -> StagedFile | None:
    """None where it cannot be kept: whatever the cause, the form then asks for the file again."""
    files = request.files.getlist(FILE)
    for file in files:
        file.stream.seek(0)
    try:
        checked = read_file(uploads_of(files), {})
        return stage_file(deps().engine, deps().store, checked, network()) if checked else None
    except (UseCaseError, TransientError, DBAPIError, PoolTimeout):
        return None


def _find(token: str) -> StagedFile | None:
    try:
        return find_staged(deps().engine, token)
    except (DBAPIError, PoolTimeout):
        return None


def _remove(token: str) -> None:
    with suppress(DBAPIError, PoolTimeout):
        remove_staged(deps().engine, deps().store, token)
