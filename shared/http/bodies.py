"""Bodies: capped before they are read, and refused where they are broken (Flask itself would take a broken form for an empty one)."""

from typing import Any

import flask
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

# Any JSON or form of ours fits many times; a 10,000-character message is 40 KB at most, and six times that when escaped.
PLAIN_LIMIT = 256 * 1024


class StrictRequest(flask.Request):
    """A request whose broken form is a 400."""

    def make_form_data_parser(self) -> FormDataParser:
        """A parser that raises instead of returning an empty form."""
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser

    def get_data(self, *args: Any, **kwargs: Any) -> Any:
        """The body. One sent in chunks has no length to look at beforehand, and Werkzeug would cut it off without a word."""
        data = super().get_data(*args, **kwargs)
        if self.content_length is None and self.max_content_length is not None and len(data) >= self.max_content_length:
            raise RequestEntityTooLarge
        return data

    def _load_form_data(self) -> None:
        try:
            super()._load_form_data()
        except ValueError as error:
            raise BadRequest("The form cannot be read.") from error


def cap_bodies(app: flask.Flask, plain: int = PLAIN_LIMIT, multipart: int = PLAIN_LIMIT) -> None:
    """Refuse larger bodies with 413 before they are read; `plain` and `multipart` in bytes."""
    app.request_class = StrictRequest
    app.config.update(MAX_CONTENT_LENGTH=plain, MAX_FORM_MEMORY_SIZE=plain, MAX_FORM_PARTS=200)

    def cap() -> Any:
        limit = multipart if flask.request.mimetype == "multipart/form-data" else plain
        flask.request.max_content_length = limit
        if (flask.request.content_length or 0) > limit:
            flask.abort(413)

    app.before_request(cap)
