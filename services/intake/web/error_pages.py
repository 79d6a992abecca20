"""Errors as kind pages: what happened, and a way on."""

import json

from flask import Response, make_response, render_template, request
from markupsafe import Markup

from services.intake.web.parts import parts
from services.intake.web.sentences import Phrasebook

_MINUTE = 60


def failure_page(answer: Response) -> Response:
    """The page for a problem that the edge is about to answer with."""
    status = answer.status_code
    title, sentences = _words(status, parts().phrases, answer.headers.get("Retry-After", type=int))
    page = make_response(render_template("failure.html", title=title, sentences=sentences, status=status), status)
    for name in ("Retry-After", "Allow"):
        if name in answer.headers:
            page.headers[name] = answer.headers[name]
    return page


def detail_of(answer: Response) -> str:
    """The sentence in a problem document."""
    return str(json.loads(answer.get_data()).get("detail", ""))


def wait_in_words(phrases: Phrasebook, seconds: int | None) -> Markup:
    """When it makes sense to try again."""
    if not seconds or seconds <= _MINUTE:
        return phrases.say("Please try again in a minute.")
    return phrases.say_number(
        "Please try again in %(number)s minute.", "Please try again in %(number)s minutes.", -(-seconds // _MINUTE)
    )


def _words(status: int, phrases: Phrasebook, wait: int | None) -> tuple[str, list[Markup]]:
    say = phrases.say
    if status == 404 and request.path.startswith("/t/"):
        return "We can’t find this note", [
            say("The link must be whole, with all that follows “key=”. Open it from our e-mail to you.")
        ]
    if status in (404, 405):
        return "We can’t find this page", [say("The address may be mistyped, or the page has moved.")]
    if status == 413:
        return "That is too much at once", [
            say("A file must be smaller than 2 MB. Go back: what you typed is still there.")
        ]
    if status == 429:
        return "Please slow down", [
            say("Very much has come from your network in a short time."),
            wait_in_words(phrases, wait),
        ]
    if status == 503:
        return "We’ll be back in a moment", [
            say("Something we need is away. Nothing was sent."),
            wait_in_words(phrases, wait),
        ]
    if status >= 500:
        return "Something went wrong on our side", [say("It has been noted. Please try again in a minute.")]
    return "That did not work", [say("Go back and try once more.")]


def sentences() -> tuple[str, ...]:
    """The titles, for who collects what there is to translate."""
    return (
        "We can’t find this note",
        "We can’t find this page",
        "That is too much at once",
        "Please slow down",
        "We’ll be back in a moment",
        "Something went wrong on our side",
        "That did not work",
    )
