"""`vidare i18n`."""

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from shared.catalog.loader import load
from shared.catalog.strings import all_strings
from shared.catalog.text import FALLBACK
from shared.i18n.report import Language, breaches, languages
from shared.i18n.sentence import Collector, Sentence
from shared.runtime.processes import SERVICES


@click.group()
def i18n() -> None:
    """The languages that people can read."""


@i18n.command()
@click.option(
    "--all", "show_all", is_flag=True, help="List every untranslated string, not only the first ten of a language."
)
def report(show_all: bool) -> None:
    """Report what is untranslated. Exit status 1 when English is not whole, or a text breaks the glossary."""
    folder = Path(os.environ["VIDARE_CATALOG"]) if os.environ.get("VIDARE_CATALOG") else None
    sentences = list(_collect(folder))
    found = languages(sentences)
    for language in found:
        _print(language, None if show_all else 10)
    broken = breaches(sentences, load(folder).glossary)
    for breach in broken:
        where = f"{breach.sentence.part} {breach.sentence.address} ({breach.rule.locale})"
        click.echo(f"error: {where} has “{breach.found}”; write “{breach.rule.instead}”", err=True)
    whole = all(language.percent == 100 for language in found if language.locale == FALLBACK)
    sys.exit(0 if whole and not broken else 1)


def _collect(catalog: Path | None) -> Iterator[Sentence]:
    """Every sentence: the catalogue's, and those of the services that have texts of their own. Raises CatalogError."""
    for address, text in all_strings(load(catalog)):
        yield Sentence("catalogue", address, dict(text))
    for service in SERVICES:
        module = f"services.{service}.translations_report"
        if find_spec(module) is not None:
            sentences: Collector = import_module(module).sentences
            yield from sentences(catalog)


def _print(language: Language, most: int | None) -> None:
    parts = ", ".join(f"{part} {number}" for part, number in language.total.items())
    click.echo(f"{language.locale}\t{language.percent} % of {sum(language.total.values())} strings ({parts})")
    if not language.untranslated:
        return
    kind = "error" if language.locale == FALLBACK else "warning"
    click.echo(f"{kind}: {len(language.untranslated)} untranslated in {language.locale}", err=True)
    for sentence in language.untranslated[:most]:
        click.echo(f"  {sentence.part}\t{sentence.address}", err=True)
    if most is not None and len(language.untranslated) > most:
        click.echo(f"  … and {len(language.untranslated) - most} more; --all lists them", err=True)


if __name__ == "__main__":
    i18n()
