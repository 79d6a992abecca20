"""Every sentence of the form, in the languages it is written in: for `vidare i18n report`."""

from collections.abc import Iterator
from pathlib import Path

from services.intake.web.messages import messages
from services.intake.web.sentences import SOURCE, load_phrasebooks
from shared.i18n.sentence import Sentence


def sentences(_: Path | None) -> Iterator[Sentence]:
    """Those of templates and code; a plural counts as one."""
    books = load_phrasebooks()
    for message, file in messages().items():
        english = message if isinstance(message, str) else message[0]
        texts = {
            locale: book.plain(english) for locale, book in books.items() if locale != SOURCE and book.has(english)
        }
        yield Sentence("form", f"{file}: {english[:60]}", {SOURCE: english, **texts})
