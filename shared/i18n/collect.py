"""Collects every sentence: the catalogue's, and those of the services that have words of their own."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from shared.catalog.loader import load
from shared.catalog.strings import all_strings
from shared.i18n.sentence import Collector, Sentence
from shared.runtime.processes import SERVICES


def collect(catalog: Path | None) -> Iterator[Sentence]:
    """All sentences; `catalog` is the folder of a catalogue of one's own. Raises CatalogError."""
    for address, text in all_strings(load(catalog)):
        yield Sentence("catalogue", address, dict(text))
    for service in SERVICES:
        module = f"services.{service}.translations_report"
        if find_spec(module) is not None:
            sentences: Collector = import_module(module).sentences
            yield from sentences(catalog)
