"""Request bodies and queries, read strictly: 400 unreadable, 415 not JSON, 422 readable but wrong."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, cast

import flask
import marshmallow as ma
from flask_smorest import Blueprint as SmorestBlueprint
from webargs.core import is_json, missing
from webargs.flaskparser import FlaskParser

from shared.errors import Unprocessable, UnsupportedMedia
from shared.http.json_bodies import read_json

View = TypeVar("View", bound=Callable[..., Any])


class StrictParser(FlaskParser):  # type: ignore[misc]  # its generic base reads as Any to mypy
    """webargs, but a body of another content type is rejected (webargs treats it as empty) and JSON is read by `read_json`."""

    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, str | None]] = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "json": ma.RAISE,
        "form": ma.RAISE,
    }

    def load_json(self, req: flask.Request, schema: ma.Schema) -> Any:
        """The JSON body; `missing` when there is none at all. Raises UnsupportedMedia, Unreadable, Unprocessable."""
        raw = req.get_data(cache=True)
        if not is_json(req.mimetype):
            if raw or req.mimetype:
                raise UnsupportedMedia("The body must be application/json.")
            return missing
        return read_json(raw) if raw else missing

    def load_querystring(self, req: flask.Request, schema: ma.Schema) -> Any:
        """The query. Raises Unprocessable for a NUL, which PostgreSQL cannot store."""
        errors = {
            name: ["Holds characters that are not text."] for name, text in req.args.items(multi=True) if "\x00" in text
        }
        if errors:
            raise Unprocessable(errors)
        return super().load_querystring(req, schema)


class Blueprint(SmorestBlueprint):  # type: ignore[misc]  # flask-smorest is untyped
    """A blueprint whose `arguments` are read by StrictParser, and whose decorators keep types."""

    ARGUMENTS_PARSER = StrictParser()

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Register and document a view."""
        return cast(Callable[[View], View], super().route(rule, **options))

    def arguments(self, schema: Any, **options: Any) -> Callable[[View], View]:
        """Read a body or query by `schema` and pass it to the view."""
        return cast(Callable[[View], View], super().arguments(schema, **options))

    def response(self, status_code: int, schema: Any = None, **options: Any) -> Callable[[View], View]:
        """Answer with `schema`, or document it where the view makes its own Response."""
        return cast(Callable[[View], View], super().response(status_code, schema, **options))

    def alt_response(self, status_code: int, response: str | None = None, **options: Any) -> Callable[[View], View]:
        """Document another answer."""
        return _described_only(super().alt_response(status_code, response, **options))

    def doc(self, **description: Any) -> Callable[[View], View]:
        """Add to the view's entry in the OpenAPI document."""
        return _described_only(super().doc(**description))


def _described_only(decorator: Any) -> Callable[[View], View]:
    """Apply a decorator of flask-smorest for its documentation only: the wrapper that it adds costs time at each call."""

    def describe(view: View) -> View:
        view._apidoc = decorator(view)._apidoc  # type: ignore[attr-defined]  # where flask-smorest keeps it
        return view

    return describe
