"""Every sentence of the interface, as the code and the templates hold it: what each language has to translate."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract

from services.intake.web import error_pages
from services.intake.web.submission import error_messages, rejection

_HERE = Path(__file__).parent
_KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "plain": None,
    "say": None,
    "_n": (1, 2),
    "say_number": (1, 2),
}
Message = str | tuple[str, ...]


def messages() -> dict[Message, str]:
    """Each English sentence, or pair of singular and plural, with the file it was first seen in."""
    found: dict[Message, str] = {}
    for path in sorted([*_HERE.rglob("*.py"), *_HERE.rglob("*.html")]):
        for message in _in_file(path):
            found.setdefault(message, path.name)
    for module in (error_pages, error_messages, rejection):
        for sentence in module.sentences():
            found.setdefault(sentence, f"{module.__name__.rpartition('.')[2]}.py")
    return found


def _in_file(path: Path) -> Iterator[Message]:
    method = "jinja2.ext:babel_extract" if path.suffix == ".html" else "python"
    options = {"trim_blocks": "true", "lstrip_blocks": "true"}
    for _, message, _, _ in extract(method, BytesIO(path.read_bytes()), _KEYWORDS, options=options):
        yield message
