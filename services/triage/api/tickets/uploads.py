"""Files of an agent's own over HTTP."""

import hashlib

import marshmallow as ma
from flask import request
from marshmallow import fields, validate
from werkzeug.datastructures import FileStorage

from services.triage.api.repeated import mark_replayed, this_request
from services.triage.api.tickets.schemas import FILE_STATES
from services.triage.current_deps import deps
from services.triage.uploads.upload_file import Upload, upload_file
from shared.attachment_types import USUAL_EXTENSIONS, joined_in_english
from shared.attachments.check import LIMIT
from shared.attachments.errors import FIELD, SeveralFiles
from shared.errors import Unprocessable, Unreadable, UnsupportedMedia
from shared.http.arguments import Blueprint
from shared.http.authorisation import authorised

MULTIPART = "multipart/form-data"
WRONG_TYPE = f"Send {MULTIPART}."
NAMELESS = "A part of the form has no name."
REQUIRED = "This is required."
NOT_A_FILE = "This must be sent as a file."
UNKNOWN = "There is no such field."

_FORM = {
    "type": "object",
    "required": [FIELD],
    "additionalProperties": False,
    "properties": {
        FIELD: {
            "type": "string",
            "contentMediaType": "application/octet-stream",
            "description": f"One {joined_in_english(USUAL_EXTENSIONS)} below 2 MiB.",
        }
    },
}

blueprint = Blueprint("uploads", __name__, url_prefix="/v1", description="Files of your own")


class UploadSchema(ma.Schema):
    """A file that its uploader may attach to one message or internal note within 24 hours."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, metadata={"description": "Without path, control and bidi characters."})
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(FILE_STATES))


@blueprint.route("/uploads", methods=["POST"])
@authorised("tickets.write")
@blueprint.doc(requestBody={"required": True, "content": {MULTIPART: {"schema": _FORM}}})
@blueprint.response(201, UploadSchema)
@blueprint.alt_response(400, "BAD_REQUEST")
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
@blueprint.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
@blueprint.alt_response(422, "UNPROCESSABLE_ENTITY")
@blueprint.alt_response(503, "SERVICE_UNAVAILABLE")
def post_upload() -> Upload:
    """Upload a file for a later message or internal note of yours"""
    file = _read_file()
    body = file.stream.read(LIMIT)  # of one that is too large no more than shows it
    name = file.filename or ""
    asked = this_request({"name": name, "sha256": hashlib.sha256(body).hexdigest()})
    done = upload_file(deps().engine, deps().store, asked, name, body)
    mark_replayed(done.replayed)
    return done.upload


def _read_file() -> FileStorage:
    """The form's only file. Raises UnsupportedMedia, Unreadable, Unprocessable, and Werkzeug's BadRequest for a broken form."""
    if request.mimetype != MULTIPART:
        raise UnsupportedMedia(WRONG_TYPE)
    names = {*request.form, *request.files}
    if None in names:
        raise Unreadable(NAMELESS)
    errors = {name: [UNKNOWN] for name in names if name != FIELD}
    # A browser sends a nameless, empty file where none was chosen.
    sent = [file for file in request.files.getlist(FIELD) if file.filename or file.stream.read(1)]
    if FIELD in request.form:
        errors[FIELD] = [NOT_A_FILE]
    elif not sent:
        errors[FIELD] = [REQUIRED]
    if errors:
        raise Unprocessable(errors)
    if len(sent) > 1:
        raise SeveralFiles
    sent[0].stream.seek(0)
    return sent[0]
