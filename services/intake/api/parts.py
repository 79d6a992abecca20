"""The reception that serves this request."""

from flask import Flask, current_app

from services.intake.submissions.receive import Reception

_NAME = "vidare-reception"


def keep_reception(app: Flask, reception: Reception) -> None:
    """Keep it with the application."""
    app.extensions[_NAME] = reception


def reception() -> Reception:
    """That of the application."""
    found: Reception = current_app.extensions[_NAME]
    return found
