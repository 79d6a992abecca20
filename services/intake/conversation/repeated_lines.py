"""Find what a mail repeats of our answers, where its quote was not recognised. Pure."""

import re
from collections.abc import Sequence

# A shorter line, such as "Hello," or a date, says nothing by itself.
_SHORTEST = 8
_NOT_A_WORD = re.compile(r"[\W_]+")


def without_repeated_lines(written: str, answers: Sequence[str]) -> str:
    """`written` without the lines that one of `answers` contains, whatever their quote marks, markup and line ends."""
    known = [_words(answer) for answer in answers]
    lines = written.split("\n")
    return "\n".join(line for line in lines if not _is_repeated(_words(line), known)).strip() if known else written


def _is_repeated(line: str, known: Sequence[str]) -> bool:
    return len(line) >= _SHORTEST and any(line in answer for answer in known)


def _words(text: str) -> str:
    return _NOT_A_WORD.sub(" ", text).strip().casefold()
