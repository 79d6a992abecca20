"""Serves the shared style sheet and names static files by their content, so that a browser may keep them for ever."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, request

FOLDER = Path(__file__).parent / "static"
_A_YEAR = 365 * 24 * 3600


@cache
def static_version(path: Path) -> str:
    """Return ten hex digits that change whenever the bytes of the file at `path` change."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def look_blueprint() -> Blueprint:
    """Make the blueprint `look`: serves /look/look.css; templates get its versioned address as `look_url()`."""
    look = Blueprint("look", __name__, static_folder=str(FOLDER), static_url_path="/look")

    @look.app_template_global("look_url")
    def look_url() -> str:
        return f"/look/look.css?v={static_version(FOLDER / 'look.css')}"

    return look


def keep_versioned_files(app: Flask) -> None:
    """Let browsers keep every static file that was asked for with its version (`?v=`)."""

    @app.after_request
    def keep(response: Response) -> Response:
        is_static = request.endpoint is not None and request.endpoint.endswith("static")
        if is_static and response.status_code == 200 and request.args.get("v"):
            response.headers["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
        return response
