"""What a request posted, as fields and files, whichever way it travelled: JSON, multipart, or a browser's own form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Request
from webargs.core import is_json
from werkzeug.datastructures import FileStorage

from services.intake.attachments.check import LIMIT
from services.intake.attachments.errors import FIELD
from services.intake.submissions.submission import Upload
from shared.catalog.evidence import CANNOT_PROVIDE
from shared.errors import Unprocessable, Unreadable, UnsupportedMedia
from shared.http.json_bodies import REPEATED, read_json
from shared.http.problems import prefers_html

PREFIX = "details."
WRONG_TYPE = "Send application/json or multipart/form-data; browsers may send application/x-www-form-urlencoded too."
NOT_AN_OBJECT = "This must be a JSON object."
NO_JSON = "This is not JSON."
NOT_A_FILE = "This must be sent as a file."
NAMELESS = "A part of the form has no name."
NO_FILE = "There is no such field for a file."


@dataclass(frozen=True)
class Posted:
    """Fields by name, with `details` as an object; and the files sent as `attachment`."""

    fields: Mapping[str, object]
    uploads: Sequence[Upload]


def read_post(request: Request) -> Posted:
    """What was posted.

    Raises UnsupportedMedia, Unreadable (broken JSON), Werkzeug's BadRequest (a broken form), and Unprocessable where it could be read
    but is no object.
    """
    if is_json(request.mimetype):
        fields = read_json(request.get_data())
        if not isinstance(fields, dict):
            raise Unprocessable({"body": [NOT_AN_OBJECT]})
        return Posted(fields, ())
    if request.mimetype == "multipart/form-data" or (
        request.mimetype == "application/x-www-form-urlencoded" and prefers_html()
    ):
        return _read_form(request)
    raise UnsupportedMedia(WRONG_TYPE)


def uploads_of(files: Sequence[FileStorage]) -> list[Upload]:
    """The files as bytes; of one that is too large no more than shows it."""
    return [Upload(file.filename or "", file.stream.read(LIMIT)) for file in files]


def _read_form(request: Request) -> Posted:
    fields: dict[str, object] = {}
    details: dict[str, object] = {}
    if None in request.form or None in request.files:
        raise Unreadable(NAMELESS)
    faults = {name: [NO_FILE] for name in request.files if name != FIELD}
    for name, values in request.form.lists():
        if name == PREFIX + CANNOT_PROVIDE:
            details[CANNOT_PROVIDE] = [part for value in values for part in value.replace(",", " ").split()]
        elif len(values) > 1:
            faults[name] = [REPEATED]
        elif name == "details":
            _read_details(values[0], details, faults)
        elif name.startswith(PREFIX):
            details[name.removeprefix(PREFIX)] = values[0]
        else:
            fields[name] = values[0]
    if fields.pop(FIELD, None):
        faults[FIELD] = [NOT_A_FILE]
    if faults:
        raise Unprocessable(faults)
    return Posted({**fields, "details": details} if details else fields, uploads_of(request.files.getlist(FIELD)))


def _read_details(text: str, details: dict[str, object], faults: dict[str, list[str]]) -> None:
    """`details` as a JSON text. One that is no JSON is a field that is wrong, not a body that cannot be read."""
    if not text.strip():
        return
    try:
        given = read_json(text)
    except Unprocessable as error:
        faults.update({f"{PREFIX}{name}": list(because) for name, because in error.errors.items()})
        return
    except Unreadable:
        faults["details"] = [NO_JSON]
        return
    if isinstance(given, dict):
        details.update(given)
    else:
        faults["details"] = [NOT_AN_OBJECT]
