"""Every sentence of the requester's pages, in each language: for `vidare i18n report`."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract

import shared
from services.intake.web.i18n import SOURCE, load_languages
from shared.i18n.sentence import Sentence

_INTAKE = Path(__file__).parent
# The modules outside intake whose sentences its pages show.
_SHARED = [Path(shared.__path__[0]) / name for name in ("submission_fields.py", "submission_values.py")]
_KEYWORDS = {**DEFAULT_KEYWORDS, "gettext_noop": None}
Message = str | tuple[str, ...]


def sentences(_: Path | None) -> Iterator[Sentence]:
    """The sentences of templates and code; a plural counts as one."""
    languages = load_languages()
    for message, file in messages().items():
        english = message if isinstance(message, str) else message[0]
        texts = {
            locale: str(language.translations.gettext(english))
            for locale, language in languages.items()
            if locale != SOURCE and language.has(english)
        }
        yield Sentence("form", f"{file}: {english[:60]}", {SOURCE: english, **texts})


def messages() -> dict[Message, str]:
    """Each English sentence, or pair of singular and plural, with the file it was first found in."""
    found: dict[Message, str] = {}
    for path in sorted([*_INTAKE.rglob("*.py"), *_INTAKE.rglob("*.html"), *_SHARED]):
        for message in _in_file(path):
            found.setdefault(message, path.name)
    return found


def _in_file(path: Path) -> Iterator[Message]:
    method = "jinja2.ext:babel_extract" if path.suffix == ".html" else "python"
    options = {"trim_blocks": "true", "lstrip_blocks": "true"}
    for _, message, _, _ in extract(method, BytesIO(path.read_bytes()), _KEYWORDS, options=options):
        yield message
