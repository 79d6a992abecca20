"""Bodies: limited before they are read, and rejected when malformed (Flask reads a malformed form as an empty one)."""

from typing import Any

import flask
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

# Several times the largest JSON or form of ours: a message of 10,000 characters has at most 40 KB, six times that when escaped.
PLAIN_LIMIT = 256 * 1024


class StrictRequest(flask.Request):
    """A request whose malformed form is a 400."""

    def make_form_data_parser(self) -> FormDataParser:
        """A parser that raises instead of returning an empty form."""
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser

    def get_data(self, *args: Any, **kwargs: Any) -> Any:
        """The body. A chunked one has no announced length, and Werkzeug silently truncates it at the limit."""
        data = super().get_data(*args, **kwargs)
        if self.content_length is None and self.max_content_length is not None and len(data) >= self.max_content_length:
            raise RequestEntityTooLarge
        return data

    def _load_form_data(self) -> None:
        try:
            super()._load_form_data()
        except ValueError as error:
            raise BadRequest("The form cannot be read.") from error


def limit_bodies(app: flask.Flask, plain: int = PLAIN_LIMIT, multipart: int = PLAIN_LIMIT) -> None:
    """Reject larger bodies with 413 before they are read; `plain` and `multipart` in bytes."""
    app.request_class = StrictRequest
    app.config.update(MAX_CONTENT_LENGTH=plain, MAX_FORM_MEMORY_SIZE=plain, MAX_FORM_PARTS=200)

    def limit() -> Any:
        largest = multipart if flask.request.mimetype == "multipart/form-data" else plain
        flask.request.max_content_length = largest
        if (flask.request.content_length or 0) > largest:
            flask.abort(413)

    app.before_request(limit)
