"""Reads a catalogue from a folder of YAML files."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import cast, get_args

from shared.catalog.entry import Entry, read_file
from shared.catalog.model import Catalog, Category, DetailRules, GlossaryRule, Reason, ReasonGroup
from shared.catalog.read_category import CategoryReader
from shared.catalog.reader import Reader
from shared.catalog.text import FALLBACK, Text
from shared.validation import ValidationError, ValidationErrors

OWN_FOLDER = Path(__file__).parent / "data"

_KEYS = {
    "number", "network", "sender_domain", "words", "links", "locales", "segments", "username_help", "glossary",
}  # fmt: skip
_REQUIRED = {"number", "network", "sender_domain", "links", "locales", "segments"}
_HREF = re.compile(r"https?://[^\s\"<>]+|/(?!/)[^\s\"<>]*", re.IGNORECASE)


class CatalogError(Exception):
    """The catalogue's data cannot be read; `errors` names all that is wrong, with file and line where they are known."""

    def __init__(self, errors: Iterable[ValidationError]) -> None:
        self.errors = tuple(errors)
        super().__init__("the catalogue cannot be read:\n" + "\n".join(f"  {error}" for error in self.errors))


def load(folder: Path | None = None) -> Catalog:
    """The catalogue in `folder` (None: the one that comes with the project).

    Raises CatalogError naming all errors at once, by file and line.
    """
    errors = ValidationErrors()
    catalog = _Loader(Path(folder) if folder is not None else OWN_FOLDER, errors).catalog()
    if errors or catalog is None:
        raise CatalogError(errors)
    return catalog


@cache
def load_once(folder: Path | None = None) -> Catalog:
    """As `load`, and the same object at every further call: for processes, which see a change when they start again."""
    return load(folder)


class _Loader:
    def __init__(self, folder: Path, errors: ValidationErrors) -> None:
        self.folder = folder
        self.errors = errors

    def catalog(self) -> Catalog | None:
        root = read_file(self.folder / "catalog.yaml", self.errors)
        keys = root.mapping(known=_KEYS, required=_REQUIRED) if root else {}
        if not keys.keys() >= _REQUIRED:
            return None
        network, sender_domain = keys["network"].string(), keys["sender_domain"].string()
        words = {"network": network, "sender_domain": sender_domain, **_strings(keys.get("words"))}
        links = {key: _href(entry) for key, entry in keys["links"].mapping().items()}
        overlays = self._overlays()
        declared = [entry.string() for entry in keys["locales"].sequence()]
        locales = tuple(dict.fromkeys([*declared, *overlays]))
        reader = Reader(locales, words, overlays)
        rules = DetailRules(self._messages(reader), self._shorteners())
        segments, categories = self._tree(keys["segments"], reader, links, rules)
        catalog = Catalog(
            number=keys["number"].number(),
            network=network,
            sender_domain=sender_domain,
            words=words,
            links=links,
            locales=locales,
            segments=segments,
            categories=categories,
            reasons=self._reasons(reader),
            username_help=keys["username_help"].string() if "username_help" in keys else None,
            detail_rules=rules,
            glossary=_glossary(keys.get("glossary")),
        )
        self._check_overlays(overlays, reader)
        return _with_borrowed_titles(catalog)

    def _tree(
        self, entry: Entry, reader: Reader, links: Mapping[str, str], rules: DetailRules
    ) -> tuple[dict[str, Text], dict[str, Category]]:
        hrefs = {f"links.{key}": href for key, href in links.items()}
        category_reader = CategoryReader(reader, hrefs, rules)
        segments: dict[str, Text] = {}
        categories: dict[str, Category] = {}
        for item in entry.sequence():
            segment = item.string()
            root = read_file(self.folder / f"{segment}.yaml", self.errors)
            keys = root.mapping(known={"title", "categories"}, required={"title", "categories"}) if root else {}
            if "title" in keys:
                segments[segment] = reader.text(keys["title"], f"{segment}.title")
            for node in keys["categories"].sequence() if "categories" in keys else []:
                category = category_reader.category(node, segment)
                if category.path in categories:
                    node.error(f"“{category.path}” is given twice")
                categories[category.path] = category
        hrefs.update({f"help:{path}": f"/help/{path}" for path in categories})
        return segments, categories

    def _reasons(self, reader: Reader) -> dict[str, Reason]:
        root = read_file(self.folder / "reasons.yaml", self.errors)
        reasons: dict[str, Reason] = {}
        for group, members in root.mapping(known=get_args(ReasonGroup)).items() if root else ():
            for code, entry in members.mapping().items():
                keys = entry.mapping(known={"title", "meaning", "mend"}, required={"title", "meaning", "mend"})
                texts = {key: reader.text(text, f"reasons.{code}.{key}") for key, text in keys.items()}
                if code in reasons:
                    entry.error(f"“{code}” is given twice")
                if len(texts) == 3:
                    reasons[code] = Reason(code, cast("ReasonGroup", group), **texts)
        return reasons

    def _messages(self, reader: Reader) -> dict[str, Text]:
        """The messages of validation errors: ours, replaced by those of the folder where it has them."""
        messages: dict[str, Text] = {}
        for folder in dict.fromkeys((OWN_FOLDER, self.folder)):
            root = read_file(folder / "messages.yaml", self.errors) if self._has(folder, "messages.yaml") else None
            for code, entry in root.mapping().items() if root else ():
                messages[code] = reader.text(entry, f"messages.{code}")
        return messages

    def _shorteners(self) -> frozenset[str]:
        folder = self.folder if self._has(self.folder, "shorteners.yaml") else OWN_FOLDER
        root = read_file(folder / "shorteners.yaml", self.errors)
        return frozenset(entry.string().lower() for entry in root.sequence()) if root else frozenset()

    def _has(self, folder: Path, name: str) -> bool:
        return folder == OWN_FOLDER or (folder / name).exists()

    def _overlays(self) -> dict[str, dict[str, str]]:
        """The strings of locales/<locale>.yaml, by address: a language is added by adding a file."""
        overlays: dict[str, dict[str, str]] = {}
        for path in sorted((self.folder / "locales").glob("*.yaml")):
            root = read_file(path, self.errors)
            overlays[path.stem] = _strings(root)
        return overlays

    def _check_overlays(self, overlays: Mapping[str, Mapping[str, str]], reader: Reader) -> None:
        for locale, overlay in overlays.items():
            for address in overlay.keys() - reader.used:
                self.errors.add(f"locales/{locale}.yaml", f"there is no string “{address}”")


def _strings(entry: Entry | None) -> dict[str, str]:
    return {key: value.string() for key, value in entry.mapping().items()} if entry else {}


def _href(entry: Entry) -> str:
    href = entry.string()
    if not _HREF.fullmatch(href):
        entry.error(f"“{href}” is neither a web address nor a path of ours beginning with /")
    return href


def _glossary(entry: Entry | None) -> tuple[GlossaryRule, ...]:
    rules: list[GlossaryRule] = []
    for locale, patterns in entry.mapping().items() if entry else ():
        for never, instead in patterns.mapping().items():
            try:
                re.compile(never)
            except re.error as error:
                instead.error(f"“{never}” is not a regular expression: {error}")
            rules.append(GlossaryRule(locale, never, instead.string()))
    return tuple(rules)


def _with_borrowed_titles(catalog: Catalog) -> Catalog:
    """A renamed path without a title of its own gets that of the path it leads to."""
    titled: dict[str, Category] = {}
    for path, category in catalog.categories.items():
        target = catalog.resolve(path) if category.title == {FALLBACK: path} else None
        titled[path] = replace(category, title=target.title) if target is not None else category
    return replace(catalog, categories=titled)
