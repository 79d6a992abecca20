"""What was typed and chosen in a form: read as people see it, and refused in words where it cannot be."""

from collections.abc import Sequence

from flask import request

from shared.errors import Unprocessable

LONGEST_MESSAGE, LONGEST_REASON = 10_000, 2_000


def typed(name: str) -> str:
    """What was typed, with the line ends that people see. Raises Unprocessable for too much of it."""
    text = request.form.get(name, "").replace("\r\n", "\n").strip()
    longest = LONGEST_REASON if name == "reason" else LONGEST_MESSAGE
    if len(text) > longest:
        raise Unprocessable({name: [f"At most {longest:,} characters; these are {len(text):,}."]})
    return text


def written(name: str) -> str:
    """What had to be typed. Raises Unprocessable."""
    text = typed(name)
    if not text:
        raise Unprocessable({name: ["Write a few words first."]})
    return text


def chosen(name: str, offered: Sequence[str]) -> str:
    """One of what was offered; the first where nothing of it came. Raises Unprocessable for anything else."""
    value = request.form.get(name, offered[0])
    if value not in offered:
        raise Unprocessable({name: [f"Choose from: {', '.join(offered).replace('_', ' ')}."]})
    return value
