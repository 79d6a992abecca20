"""The API's terse sentences as a form says them to a person: which question, and what to do."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from services.intake.attachments import errors as files
from services.intake.attachments.staged import GONE
from services.intake.submissions import validate as api
from services.intake.submissions.spam_check import ONCE_MORE
from services.intake.tickets.add_follow_up import WITHDRAWN
from services.intake.tickets.change_email import REACHED, THE_SAME
from services.intake.tickets.receive_follow_up import NOTHING
from services.intake.web.sentences import Phrasebook

# What the form says instead, by question and sentence of the API.
_INSTEAD = {
    ("email", api.REQUIRED): "Enter your e-mail address, so that we can answer you.",
    ("email", api.NO_EMAIL): "Enter an e-mail address such as name@example.com.",
    ("email", api.TOO_LONG): "This e-mail address is too long.",
    ("message", api.REQUIRED): "Tell us what happened.",
    ("message", NOTHING): "Write a message, choose a file, or add what is missing.",
    ("message", api.TOO_LONG): "Keep your message to at most 10,000 characters.",
    ("subject", api.TOO_LONG): "Keep the subject to at most 200 characters.",
    ("name", api.TOO_LONG): "Keep your name to at most 100 characters.",
    ("username", api.TOO_LONG): "Keep the username to at most 100 characters.",
    ("country", api.NO_COUNTRY): "Choose a country from the list.",
    ("platform", api.NO_PLATFORM): "Choose one from the list.",
    ("attachment", files.TOO_LARGE): "This file is too large: it must be smaller than 2 MB.",
    ("attachment", files.EMPTY): "This file is empty. Choose another.",
    ("attachment", files.SEVERAL): "Only one file at a time; you can send more later.",
    ("attachment", files.WRONG_KIND): "This is not a gif, jpg, png or pdf file. Choose another.",
    ("attachment", files.BROKEN): "This file is damaged and can’t be opened. Choose another.",
    ("attachment", files.TOO_MANY_PIXELS): "This picture has too many pixels: at most 40 million.",
    ("attachment", files.TOO_MANY_FRAMES): "This picture has too many frames: at most 2,000.",
    ("attachment", files.FULL): "A note holds at most ten files, and this one has them all.",
}
# Said as they are, but in the reader's language.
_AS_IT_IS = (api.CONTROL, api.TOO_LONG, api.REQUIRED, WITHDRAWN, GONE, ONCE_MORE, THE_SAME, REACHED)


def in_words(faults: Mapping[str, Sequence[str]], phrases: Phrasebook) -> dict[str, list[Markup]]:
    """The faults as the form says them. The catalogue's own sentences come in the reader's language already."""
    return {name: [_say(name, sentence, phrases) for sentence in sentences] for name, sentences in faults.items()}


def sentences() -> tuple[str, ...]:
    """All that can be said here, for who collects what there is to translate."""
    return (*_INSTEAD.values(), *_AS_IT_IS)


def _say(name: str, sentence: str, phrases: Phrasebook) -> Markup:
    instead = _INSTEAD.get((name, sentence))
    if instead or sentence in _AS_IT_IS or not name:
        return phrases.say(instead or sentence)
    return Markup.escape(sentence)
