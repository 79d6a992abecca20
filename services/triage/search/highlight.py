"""Marks the words that a search found, in an excerpt of the text around them. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from services.triage.search.fold import CJK, fold, is_cjk
from services.triage.search.query import Query

MOST_EXCERPTS = 3
# Characters of a text around the first match.
BEFORE, LONGEST = 40, 160
_SHORTEST_STEM = 3
# As in `fold`, but with marks that follow a character.
_TOKEN = re.compile(rf"[{CJK}]+|[^\W_{CJK}][^\W_{CJK}\u0300-\u036f]*(?:[\u0300-\u036f]+[^\W_{CJK}]*)*")
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True)
class Wanted:
    """What is marked: `beginnings` of words, whole words, `runs` of CJK characters anywhere in a run."""

    beginnings: tuple[str, ...]
    whole: frozenset[str]
    runs: tuple[str, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """What a folded text must hold somewhere to have a match."""
        return (*self.beginnings, *self.whole, *self.runs)


def wanted_of(query: Query) -> Wanted | None:
    """What to mark of a search; None where it asks for no words."""
    beginnings: dict[str, None] = {}
    whole: set[str] = set()
    runs: dict[str, None] = {}
    for words in query.words:
        for position, token in enumerate(words.tokens):
            if is_cjk(token):
                runs[token] = None
            elif words.is_phrase or position < len(words.tokens) - 1:
                whole.add(token)
            else:
                beginnings[_stem(token)] = None
    return Wanted(tuple(beginnings), frozenset(whole), tuple(runs)) if query.words else None


def excerpts(texts: Iterable[str | None], wanted: Wanted) -> list[str]:
    """Up to MOST_EXCERPTS pieces of the texts as HTML, with every match in them marked."""
    found: list[str] = []
    for text in texts:
        if text and _has_any(fold(text), wanted):
            piece = _excerpt(_BLANK.sub(" ", unicodedata.normalize("NFC", text)).strip(), wanted)
            if piece and piece not in found:
                found.append(piece)
        if len(found) == MOST_EXCERPTS:
            break
    return found


def _has_any(folded: str, wanted: Wanted) -> bool:
    return any(part in folded for part in wanted.parts)


def _stem(token: str) -> str:
    """A beginning that the word's other forms share; only for marking, so it need not be the index's stem."""
    for ending in ("arna", "erna", "orna", "ing", "ies", "ar", "er", "or", "en", "et", "na", "ed", "es", "s"):
        if token.endswith(ending) and len(token) - len(ending) >= _SHORTEST_STEM:
            return token[: -len(ending)]
    return token


def _excerpt(text: str, wanted: Wanted) -> str:
    first = next(_matches(text, 0, len(text), wanted), None)
    if first is None:
        return ""
    begin = max(0, first[0] - BEFORE)
    end = min(len(text), begin + LONGEST)
    if begin:
        begin = text.find(" ", begin, first[0]) + 1 or begin
    if end < len(text):
        end = max(text.rfind(" ", first[1], end), first[1]) if " " in text[first[1] : end] else max(end, first[1])
    marked, at = [], begin
    for start, stop in _matches(text, begin, end, wanted):
        marked += [escape(text[at:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        at = stop
    return f"{'…' * (begin > 0)}{''.join(marked)}{escape(text[at:end])}{'…' * (end < len(text))}"


def _matches(text: str, begin: int, end: int, wanted: Wanted) -> Iterator[tuple[int, int]]:
    for token in _TOKEN.finditer(text, begin, end):
        folded = fold(token[0])
        if is_cjk(folded):
            yield from _in_run(token.start(), token[0], wanted.runs)
        elif folded in wanted.whole or folded.startswith(wanted.beginnings):
            yield token.span()


def _in_run(at: int, run: str, runs: Sequence[str]) -> Iterable[tuple[int, int]]:
    # Folding keeps the length of nearly every run; where it does not, the whole run is marked.
    folded = fold(run)
    if len(folded) != len(run):
        return [(at, at + len(run))] if any(one in folded for one in runs) else []
    spans = sorted({(match.start(), match.end()) for one in runs for match in re.finditer(re.escape(one), folded)})
    joined: list[tuple[int, int]] = []
    for start, stop in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return [(at + start, at + stop) for start, stop in joined]
