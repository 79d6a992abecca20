"""What is stored of a ticket, so that searches find it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from services.triage.search.fold import indexed, is_cjk, tokens

# What is known of a ticket besides its words: signs that no word of a text holds, each before a value.
TEAM, CATEGORY, TAG, PRIORITY, LANGUAGE, HAS = "=", "#", "%", "!", "~", "+"
ATTACHMENT = f"{HAS}attachment"
# PostgreSQL counts positions up to 16,383 and stores at most 1 MiB a ticket: all words, and the stems of two languages.
MOST_TOKENS = 16_000
MOST_BYTES = 250_000
# Between two texts, so that no phrase reaches from one into the next.
GAP = 10


def plain_words(texts: Iterable[Sequence[str]]) -> str:
    """The words that may have a stem, from the tokens of each text; as many as MOST_BYTES hold."""
    return " ".join(_within(token for token in chain.from_iterable(texts) if not is_cjk(token)))


def _within(words: Iterable[str]) -> Iterator[str]:
    """The words until they have MOST_BYTES. Folding lengthens some characters, so a limit of the text would be none of its words."""
    left = MOST_BYTES
    for word in words:
        left -= len(word.encode())
        if left < 0:
            return
        yield word


def positions(texts: Iterable[Sequence[str]]) -> str:
    """All words of the texts with their positions, as a PostgreSQL tsvector is written."""
    found = list(_with_positions(texts))
    kept = sum(1 for _ in _within(word for word, _ in found))
    return " ".join(f"'{word}':{at}" for word, at in found[:kept])


def _with_positions(texts: Iterable[Sequence[str]]) -> Iterator[tuple[str, int]]:
    at = 0
    for text in texts:
        for token in text:
            for word in indexed(token):
                at += 1
                if at > MOST_TOKENS:
                    return
                yield word, at
        at += GAP


def tokens_of(texts: Iterable[str | None]) -> list[list[str]]:
    """The tokens of each text that is there."""
    return [tokens(text) for text in texts if text]


def known_of(
    category: str, tags: Sequence[str], priority: str, locale: str | None, *, has_attachment: bool
) -> list[str]:
    """The words for what is known of a ticket and changes rarely: its category and those above it. The team is added where the row is
    written."""
    known = [f"{CATEGORY}{path}" for path in _paths(category)]
    known += [f"{TAG}{tag.lower()[:100]}" for tag in tags] + [f"{PRIORITY}{priority}"]
    known += [f"{LANGUAGE}{language}" for language in languages_of(locale)]
    return [*known, ATTACHMENT] if has_attachment else known


def values_of(category: str, locale: str | None) -> list[str]:
    """The whole category and language as words; of a ticket without a language the sign alone. See `others_than`."""
    return [f"{CATEGORY}{category}", f"{LANGUAGE}{(languages_of(locale) or [''])[-1]}"]


def _paths(category: str) -> list[str]:
    parts = category.split("/")
    return ["/".join(parts[: end + 1]) for end in range(len(parts))]


def languages_of(locale: str | None) -> list[str]:
    """`sv-fi` and `sv` for `sv_FI`: a language is found by its code, and more narrowly."""
    if not locale:
        return []
    parts = locale.lower().replace("_", "-")[:50].split("-")
    return ["-".join(parts[: end + 1]) for end in range(len(parts))]


def lexeme(sign: str, value: str) -> str:
    """Such a word as a PostgreSQL tsquery is written."""
    quoted = value.replace("\\", "\\\\").replace("'", "''")
    return f"'{sign}{quoted}'"
