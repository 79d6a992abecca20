"""A small catalogue, written into a folder and changed file by file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.catalog import Catalog, Category, load

CATALOG = """\
number: 7
network: Snapr
sender_domain: snapr.example
links:
  rules: /rules
  shop: https://shop.example/?a=1&b=2
locales: [en, sv]
segments: [things]
"""
THINGS = """\
title: {en: Things, sv: Saker}
categories:
  - path: things/broken
    title: {en: Broken, sv: Trasig}
    help:
      - paragraph: {en: "It is broken.", sv: "Den är trasig."}
  - path: things/other
    title: {en: Other, sv: Annat}
"""
REASONS = "content: {}\n"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a valid small catalogue; keyword arguments replace files by their names ("things", "locales/de" …)."""

    def write_folder(**changed: str) -> Path:
        files = {"catalog": CATALOG, "things": THINGS, "reasons": REASONS, **changed}
        for name, content in files.items():
            path = tmp_path / f"{name}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return tmp_path

    return write_folder


@pytest.fixture
def with_category(write: Write) -> Callable[[str], Catalog]:
    """The small catalogue with the keys of things/broken (YAML, unindented) instead of its help."""

    def make(keys: str) -> Catalog:
        lines = "".join(f"    {line}\n" for line in keys.splitlines())
        head, tail = THINGS.split("    help:\n")
        return load(write(things=head + lines + tail.split("\n", 1)[1]))

    return make


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The catalogue that comes with the project."""
    return load()


@pytest.fixture
def category(catalog: Catalog) -> Callable[[str], Category]:
    """A path of the project's own catalogue."""
    return lambda path: catalog.categories[path]
