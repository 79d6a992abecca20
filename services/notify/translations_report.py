"""The strings of the e-mails in every language, for `vidare i18n report`."""

from collections.abc import Iterator
from pathlib import Path

from services.notify.compose.kinds.registry import KINDS
from services.notify.compose.strings import LANGUAGES, LAYOUT, TEMPLATES, read_strings
from shared.i18n.sentence import Sentence


def sentences(_: Path | None) -> Iterator[Sentence]:
    """Those of the layout and of each kind; one that English lacks is included."""
    folders = {LAYOUT: TEMPLATES} | {kind.name: kind.templates for kind in KINDS.values()}
    for folder, templates in folders.items():
        texts = {lang: read_strings(folder, lang, templates) for lang in LANGUAGES}
        for key in dict.fromkeys(key for strings in texts.values() for key in strings):
            translations = {lang: strings[key] for lang, strings in texts.items() if key in strings}
            yield Sentence("mails", f"{folder}.{key}", translations)
