"""Reads form fields; raises Unprocessable with a message for the field that is wrong."""

from collections.abc import Sequence

from flask import request

from shared.errors import Unprocessable
from shared.submission_fields import LONGEST_MESSAGE

LONGEST_REASON = 2_000


def text_field(name: str) -> str:
    """The field without surrounding space, its line ends as `\\n`. Raises Unprocessable if it is too long."""
    text = request.form.get(name, "").replace("\r\n", "\n").strip()
    longest = LONGEST_REASON if name == "reason" else LONGEST_MESSAGE
    if len(text) > longest:
        raise Unprocessable({name: [f"At most {longest:,} characters; these are {len(text):,}."]})
    return text


def required_text(name: str) -> str:
    """As `text_field`. Raises Unprocessable if it is empty, too."""
    text = text_field(name)
    if not text:
        raise Unprocessable({name: ["Write a few words first."]})
    return text


def choice(name: str, choices: Sequence[str]) -> str:
    """The chosen value, the first of `choices` if the field is missing. Raises Unprocessable for any other value."""
    value = request.form.get(name, choices[0])
    if value not in choices:
        raise Unprocessable({name: [f"Choose from: {', '.join(choices).replace('_', ' ')}."]})
    return value
