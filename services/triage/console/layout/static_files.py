"""Static files of the console: each subject keeps its own in `static/`, all are served at /console/static/<name>."""

from pathlib import Path

from flask import Blueprint, Response, send_file, url_for

from shared.errors import NotFound
from shared.http.authorisation import public
from shared.style import static_version

# The only files that are served; a name may occur in one subject only, since addresses do not hold the subject.
STATIC_FILES = {path.name: path for path in Path(__file__).parents[1].glob("*/static/*")}


def add_static_files(blueprint: Blueprint) -> None:
    """The route /console/static/<filename>, as the endpoint `static`."""

    @blueprint.get("/console/static/<filename>", endpoint="static")
    @public
    def static_file_content(filename: str) -> Response:
        path = STATIC_FILES.get(filename)
        if path is None:
            raise NotFound("There is no such file.")
        return send_file(path)


def static_file(name: str) -> str:
    """The address of a static file, with a version made from its content. Raises KeyError for an unknown name."""
    return url_for("console.static", filename=name, v=static_version(STATIC_FILES[name]))
