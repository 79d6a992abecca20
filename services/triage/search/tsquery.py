"""The words of a search as PostgreSQL's tsquery, in SQL and its parameters."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.triage.search.fold import indexed, is_cjk, tokens
from services.triage.search.query import Words
from shared.mail.addresses import in_ascii

_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Lexeme:
    """A word of the index, or the beginning of one."""

    word: str
    is_beginning: bool = False

    def __str__(self) -> str:
        return f"'{self.word}'{':*' * self.is_beginning}"


@dataclass(frozen=True)
class TextQuery:
    """SQL for a tsquery. `parameters`: what it names."""

    sql: str
    parameters: dict[str, str]


def text_query(words: Words, name: str, *, with_old_rows: bool) -> TextQuery:
    """What finds these words; `name` begins the names of its parameters.

    `with_old_rows`: some search rows have no positions and unfolded words still, and are to be found as they were.
    """
    together = " & " if with_old_rows else " <-> "
    rows = [together.join(map(str, row)) for row in _rows(words)]
    if with_old_rows:
        may_go_on = not words.is_phrase and not is_address(words)
        rows += [" & ".join(str(Lexeme(word, may_go_on)) for word in _as_before(words.text)[:20])]
    parameters = {f"{name}_row": " | ".join(f"({row})" for row in dict.fromkeys(rows) if row)}
    sql = f"cast(:{name}_row as tsquery)"
    if words.is_phrase or len(words.tokens) > 1 or is_cjk(words.tokens[0]):
        return TextQuery(sql, parameters)
    forms = dict.fromkeys((words.tokens[0], *(_as_before(words.text) if with_old_rows else ())))
    for number, form in enumerate(forms):
        parameters[f"{name}_form{number}"] = form
        for language in ("english", "swedish"):
            sql += f" || plainto_tsquery('{language}', :{name}_form{number})"
    return TextQuery(f"({sql})", parameters)


def is_address(words: Words) -> bool:
    """Whether the words are a whole e-mail address."""
    return _ADDRESS.fullmatch(words.text) is not None


def all_of(queries: Iterable[TextQuery], operator: str) -> TextQuery | None:
    """Several in one, which `operator` connects: `&&` or `||`."""
    found = list(queries)
    if not found:
        return None
    parameters = {name: value for query in found for name, value in query.parameters.items()}
    return TextQuery(f"({f' {operator} '.join(query.sql for query in found)})", parameters)


def _rows(words: Words) -> Iterator[Sequence[Lexeme]]:
    """The rows of lexemes, each of which is a match: an address beyond ASCII is stored in ASCII."""
    if is_address(words):
        for address in dict.fromkeys((words.text, in_ascii(words.text))):
            yield [Lexeme(word) for word in tokens(address)]
        return
    yield _row(words)


def _row(words: Words) -> list[Lexeme]:
    *before, last = words.tokens
    row = [Lexeme(word) for token in before for word in indexed(token)]
    if not is_cjk(last):
        return [*row, Lexeme(last, not words.is_phrase)]
    # A run may go on behind the last character, so that this one is found in its pair.
    pairs = list(indexed(last))
    return [*row, *map(Lexeme, pairs[:-1])] if len(pairs) > 1 else [*row, Lexeme(last, True)]


def _as_before(text: str) -> list[str]:
    """The words in lower case, accents kept."""
    return _WORD.findall(text.lower())
