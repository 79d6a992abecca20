"""The dependencies of the application that serves the current request."""

from typing import cast

from flask import Flask, current_app

from services.intake.deps import Deps

_KEY = "vidare"


def set_deps(app: Flask, deps: Deps) -> None:
    """Let `deps()` find them."""
    app.extensions[_KEY] = deps


def deps() -> Deps:
    """Those of the application that serves this request."""
    return cast(Deps, current_app.extensions[_KEY])
