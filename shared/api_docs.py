"""The OpenAPI document to read and to try, at /docs: Swagger UI, whose files a wheel brings, under the same Content-Security-Policy."""

from pathlib import Path

import flask_swagger_ui
from flask import Blueprint, Flask, Response, render_template_string, send_from_directory

from shared.http.authorisation import public

_VIEWER = Path(flask_swagger_ui.__file__).parent / "dist"
_VIEWERS_FILES = ("swagger-ui.css", "swagger-ui-bundle.js")
_A_DAY = 24 * 60 * 60
_PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{{ title }}: API</title>
  <link rel="stylesheet" href="/docs/swagger-ui.css">
  <script src="/docs/swagger-ui-bundle.js" defer></script>
  <script src="/docs/start.js" defer></script>
</head>
<body>
  <main id="api"><noscript>This page needs scripts. The document itself is <a href="/openapi.json">/openapi.json</a>.</noscript></main>
</body>
</html>
"""
# Nothing is asked of other hosts, and a token is forgotten with the page.
_START = """"use strict";
document.documentElement.classList.toggle("dark-mode", matchMedia("(prefers-color-scheme: dark)").matches);
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  persistAuthorization: false,
});
"""


def add_api_docs(app: Flask, *, shown: bool) -> None:
    """Serve /docs, for everybody, if it is to be `shown`."""
    if not shown:
        return
    blueprint = Blueprint("api_docs", __name__, url_prefix="/docs")

    @blueprint.get("")
    @public
    def page() -> str:
        return render_template_string(_PAGE, title=app.config["API_TITLE"])

    @blueprint.get("/start.js")
    @public
    def start() -> Response:
        return Response(_START, content_type="text/javascript; charset=utf-8")

    @blueprint.get(f"/<any({', '.join(map(repr, _VIEWERS_FILES))}):name>")
    @public
    def file(name: str) -> Response:
        return send_from_directory(_VIEWER, name, max_age=_A_DAY)

    app.register_blueprint(blueprint)
