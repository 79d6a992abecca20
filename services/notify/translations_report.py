"""Every string of the mails, in the languages it is written in: for `vidare i18n report`."""

from collections.abc import Iterator
from pathlib import Path

from services.notify.compose.render import KINDS
from services.notify.compose.strings import LANGUAGES, LETTER, read_strings
from shared.i18n.sentence import Sentence


def sentences(_: Path | None) -> Iterator[Sentence]:
    """Those of each kind, and those that all kinds share. A string that English lacks is one that English has to get."""
    for folder in (LETTER, *KINDS):
        texts = {lang: read_strings(folder, lang) for lang in LANGUAGES}
        for key in dict.fromkeys(key for strings in texts.values() for key in strings):
            said = {lang: strings[key] for lang, strings in texts.items() if key in strings}
            yield Sentence("mails", f"{folder}.{key}", said)
