"""The ranks of the tables of queries: `python -m tests.topic_ranks` writes docs/use/topic-search.md."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

import yaml

from services.intake.help_topics.find_topics import find_topics
from services.intake.help_topics.topic_index import TopicIndex, index_topics
from shared.catalog.loader import load_once

ROOT = Path(__file__).parents[1]
TABLES = ROOT / "tests/unit/intake/help_topics"
PAGE = ROOT / "docs/use/topic-search.md"
_HEAD = ("| words | language | rank | first three found |", "| --- | --- | ---: | --- |")


@dataclass(frozen=True)
class Query:
    """Words of a person, and the topics that answer them. `rank`: of the first such topic, counted from 1; None: not found."""

    words: str
    language: str
    topics: tuple[str, ...]
    found: tuple[str, ...]

    @property
    def rank(self) -> int | None:
        return next((number for number, path in enumerate(self.found, 1) if path in self.topics), None)

    @property
    def answered(self) -> bool:
        """Whether the answer is among the first three."""
        return self.rank is not None and self.rank <= 3


def ranked(table: str) -> list[Query]:
    """The queries of `known_queries` or `kept_aside_queries`, searched in the catalogue that comes with the project."""
    rows = yaml.safe_load((TABLES / f"{table}.yaml").read_text(encoding="utf-8"))
    return [_ranked(cast("dict[str, str]", row)) for row in rows]


def _ranked(row: dict[str, str]) -> Query:
    found = find_topics(_index(row["language"]), row["query"])
    return Query(row["query"], row["language"], tuple(row["topics"]), tuple(one.category.path for one in found))


@cache
def _index(locale: str) -> TopicIndex:
    return index_topics(load_once(), locale)


def tables() -> Iterator[tuple[str, str]]:
    """The name and the Markdown of each table."""
    for table in ("known_queries", "kept_aside_queries"):
        queries = ranked(table)
        answered = sum(query.answered for query in queries)
        rows = [f"{answered} of {len(queries)} are answered by one of the first three topics.", "", *_HEAD]
        for query in queries:
            first = ", ".join(f"`{path}`" for path in query.found[:3])
            rows.append(f"| {query.words} | {query.language} | {query.rank or '–'} | {first} |")
        yield table, "\n".join(rows)


def page(text: str) -> str:
    """`text` with the tables as they are now."""
    for table, rows in tables():
        begin, end = f"<!-- {table} -->\n", f"\n<!-- end of {table} -->"
        text = text[: text.index(begin) + len(begin)] + rows + text[text.index(end) :]
    return text


def main() -> None:
    """Replace the tables of the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} written\n")


if __name__ == "__main__":
    main()
