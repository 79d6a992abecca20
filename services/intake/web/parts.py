"""What the pages are made of, found from any view, and the addresses that keep the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app, request, url_for

from services.intake.web.languages import phrasebook
from services.intake.web.sentences import Phrasebook
from shared.catalog.model import Catalog
from shared.settings import PlatformSettings
from shared.style import static_version

STATIC = Path(__file__).parent / "static"
_NAME = "vidare-form"


@dataclass(frozen=True)
class FormParts:
    """The catalogue, the settings and the sentences in every language."""

    catalog: Catalog
    settings: PlatformSettings
    books: Mapping[str, Phrasebook]

    @property
    def phrases(self) -> Phrasebook:
        """The sentences of this request's language."""
        return phrasebook(self.books)

    @property
    def locale(self) -> str:
        """The language of this request."""
        return self.phrases.locale


def keep_parts(extensions: dict[str, Any], made: FormParts) -> None:
    """Keep them with the application."""
    extensions[_NAME] = made


def parts() -> FormParts:
    """Those of the application that serves this request."""
    found: FormParts = current_app.extensions[_NAME]
    return found


def chosen_language() -> str:
    """The language that the address itself names, or empty."""
    wanted = request.args.get("lang", "")
    return wanted if wanted in parts().books else ""


def keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """Let every link to a page of ours name the language that this page's address names."""
    if request and not endpoint.endswith("static") and (wanted := chosen_language()):
        values.setdefault("lang", wanted)


def same_page(locale: str) -> str:
    """The address of this page in another language."""
    if request.endpoint is None or not request.endpoint.startswith("form."):
        return url_for("form.topics", lang=locale)
    query = {name: value for name, value in request.args.items() if name != "lang"}
    return url_for(request.endpoint, **{**(request.view_args or {}), **query, "lang": locale})


def static_file(name: str) -> str:
    """The address of a file of the form's, named by its content."""
    return url_for("form.static", filename=name, v=static_version(STATIC / name))
