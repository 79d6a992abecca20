"""Reads a catalogue from a folder of YAML files."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast, get_args

from shared.catalog.entry import Entry, read_file
from shared.catalog.errors import CatalogError
from shared.catalog.model import Catalog, Category, DetailRules, GlossaryRule, Reason, ReasonGroup
from shared.catalog.read_category import CategoryReader
from shared.catalog.reader import Reader
from shared.catalog.text import FALLBACK, Text

OWN_FOLDER = Path(__file__).parent / "data"

_KEYS = {
    "number", "network", "sender_domain", "words", "links", "locales", "segments", "username_help", "glossary",
}  # fmt: skip
_REQUIRED = {"number", "network", "sender_domain", "links", "locales", "segments"}
_HREF = re.compile(r"https?://[^\s\"<>]+|/(?!/)[^\s\"<>]*", re.IGNORECASE)


def load(folder: Path | None = None) -> Catalog:
    """The catalogue in `folder` (None: the one that comes with the project).

    Raises CatalogError naming all faults at once, by file and line.
    """
    faults: list[str] = []
    catalog = _Loader(Path(folder) if folder is not None else OWN_FOLDER, faults).catalog()
    if faults or catalog is None:
        raise CatalogError(faults)
    return catalog


class _Loader:
    def __init__(self, folder: Path, faults: list[str]) -> None:
        self.folder = folder
        self.faults = faults

    def catalog(self) -> Catalog | None:
        root = read_file(self.folder / "catalog.yaml", self.faults)
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
            root = read_file(self.folder / f"{segment}.yaml", self.faults)
            keys = root.mapping(known={"title", "categories"}, required={"title", "categories"}) if root else {}
            if "title" in keys:
                segments[segment] = reader.text(keys["title"], f"{segment}.title")
            for node in keys["categories"].sequence() if "categories" in keys else []:
                category = category_reader.category(node, segment)
                if category.path in categories:
                    node.fault(f"“{category.path}” is given twice")
                categories[category.path] = category
        hrefs.update({f"help:{path}": f"/help/{path}" for path in categories})
        return segments, categories

    def _reasons(self, reader: Reader) -> dict[str, Reason]:
        root = read_file(self.folder / "reasons.yaml", self.faults)
        reasons: dict[str, Reason] = {}
        for group, members in root.mapping(known=get_args(ReasonGroup)).items() if root else ():
            for code, entry in members.mapping().items():
                keys = entry.mapping(known={"title", "meaning", "mend"}, required={"title", "meaning", "mend"})
                texts = {key: reader.text(text, f"reasons.{code}.{key}") for key, text in keys.items()}
                if code in reasons:
                    entry.fault(f"“{code}” is given twice")
                if len(texts) == 3:
                    reasons[code] = Reason(code, cast("ReasonGroup", group), **texts)
        return reasons

    def _messages(self, reader: Reader) -> dict[str, Text]:
        """The words of faults: ours, and above them those of the folder."""
        messages: dict[str, Text] = {}
        for folder in dict.fromkeys((OWN_FOLDER, self.folder)):
            root = read_file(folder / "messages.yaml", self.faults) if self._has(folder, "messages.yaml") else None
            for code, entry in root.mapping().items() if root else ():
                messages[code] = reader.text(entry, f"messages.{code}")
        return messages

    def _shorteners(self) -> frozenset[str]:
        folder = self.folder if self._has(self.folder, "shorteners.yaml") else OWN_FOLDER
        root = read_file(folder / "shorteners.yaml", self.faults)
        return frozenset(entry.string().lower() for entry in root.sequence()) if root else frozenset()

    def _has(self, folder: Path, name: str) -> bool:
        return folder == OWN_FOLDER or (folder / name).exists()

    def _overlays(self) -> dict[str, dict[str, str]]:
        """The strings of locales/<locale>.yaml, by address: a language is added by adding a file."""
        overlays: dict[str, dict[str, str]] = {}
        for path in sorted((self.folder / "locales").glob("*.yaml")):
            root = read_file(path, self.faults)
            overlays[path.stem] = _strings(root)
        return overlays

    def _check_overlays(self, overlays: Mapping[str, Mapping[str, str]], reader: Reader) -> None:
        for locale, overlay in overlays.items():
            for address in overlay.keys() - reader.used:
                self.faults.append(f"locales/{locale}.yaml: there is no string “{address}”")


def _strings(entry: Entry | None) -> dict[str, str]:
    return {key: value.string() for key, value in entry.mapping().items()} if entry else {}


def _href(entry: Entry) -> str:
    href = entry.string()
    if not _HREF.fullmatch(href):
        entry.fault(f"“{href}” is neither a web address nor a path of ours beginning with /")
    return href


def _glossary(entry: Entry | None) -> tuple[GlossaryRule, ...]:
    rules: list[GlossaryRule] = []
    for locale, patterns in entry.mapping().items() if entry else ():
        for never, instead in patterns.mapping().items():
            try:
                re.compile(never)
            except re.error as error:
                instead.fault(f"“{never}” is not a regular expression: {error}")
            rules.append(GlossaryRule(locale, never, instead.string()))
    return tuple(rules)


def _with_borrowed_titles(catalog: Catalog) -> Catalog:
    """A renamed path that brings no title of its own bears that of the path it leads to."""
    titled: dict[str, Category] = {}
    for path, category in catalog.categories.items():
        target = catalog.resolve(path) if category.title == {FALLBACK: path} else None
        titled[path] = replace(category, title=target.title) if target is not None else category
    return replace(catalog, categories=titled)
