"""Files of an agent's own in a ticket's forms. They are uploaded with the form; when it is refused, the page keeps them."""

from collections.abc import Sequence
from uuid import UUID

from flask import g, request

from services.triage.current_deps import deps
from services.triage.idempotency import Request
from services.triage.uploads.attach_uploads import MOST_FILES
from services.triage.uploads.upload_file import upload_file
from shared.attachments.check import LIMIT
from shared.attachments.errors import FileRefused
from shared.errors import Unprocessable
from shared.http.authorisation import principal

FILES, KEPT = "files", "attachments"


def upload_sent_files() -> Sequence[str]:
    """The ids of the uploads that the form's message is to have: those kept from an earlier try, and its files, uploaded now.

    Raises Unprocessable for too many or for a file that is not accepted, Unavailable.
    """
    uploads: list[str] = kept_uploads()
    g.uploads = uploads
    sent = [file for file in request.files.getlist(FILES) if file.filename]
    if len(uploads) + len(sent) > MOST_FILES:
        raise Unprocessable({FILES: [f"At most {MOST_FILES} files; send the others in a second message."]})
    asked = Request(principal().id, request.path, None, {})
    for file in sent:
        name = file.filename or ""
        try:
            # Of one that is too large, a part shows it.
            done = upload_file(deps().engine, deps().store, asked, name, file.stream.read(LIMIT))
        except FileRefused as error:
            raise Unprocessable({FILES: [f"{name}: {error.detail} The other files are kept."]}) from error
        uploads.append(str(done.upload.id))
    return uploads


def kept_uploads() -> list[str]:
    """The ids of what was uploaded with this form: now, or in an earlier try."""
    if "uploads" in g:
        return list(g.uploads)
    return [value for value in request.form.getlist(KEPT) if _is_id(value)]


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
