"""Request bodies and queries, read strictly: 400 unreadable, 415 not JSON, 422 readable but wrong."""

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint as SmorestBlueprint
from webargs.core import is_json, missing
from webargs.flaskparser import FlaskParser

from shared.errors import UnsupportedMedia
from shared.web.json_bodies import read_json


class StrictParser(FlaskParser):
    """webargs, but another content type is refused (it would pass for an empty body) and JSON is read by us."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "json": ma.RAISE, "form": ma.RAISE}

    def load_json(self, req: flask.Request, schema: ma.Schema) -> Any:
        """The JSON body; `missing` when there is none at all. Raises UnsupportedMedia, Unreadable, Unprocessable."""
        raw = req.get_data(cache=True)
        if not is_json(req.mimetype):
            if raw or req.mimetype:
                raise UnsupportedMedia("The body must be application/json.")
            return missing
        return read_json(raw) if raw else missing


class Blueprint(SmorestBlueprint):  # type: ignore[misc]  # flask-smorest is untyped
    """A blueprint whose `arguments` are read by StrictParser."""

    ARGUMENTS_PARSER = StrictParser()
