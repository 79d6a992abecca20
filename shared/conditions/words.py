"""Words as `contains_any` sees them: whole, without case and accents."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cached_property

_BLANKS = {code: " " for code in range(128) if not chr(code).isalnum()}
_WORD = re.compile(r"[^\W_]+")
_LATIN_MARKS = re.compile("[\u0300-\u036f]+")


def fold(text: str) -> str:
    """The text without case, accents and compatibility forms (Unicode NFKD, marks dropped, case folded)."""
    if text.isascii():
        return text.lower()
    # Folding the case of some letters makes new marks, so the text is taken apart again afterwards.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = _LATIN_MARKS.sub("", apart)
    if plain.isascii():
        return plain
    return "".join(character for character in plain if not unicodedata.combining(character))


def split(text: str) -> list[str]:
    """The folded words of a text: its longest runs of letters and digits."""
    folded = fold(text)
    if folded.isascii():
        return folded.translate(_BLANKS).split()
    return _WORD.findall(folded)


class Words:
    """The words of one or several texts, for looking up words and phrases (which never span two texts)."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = [split(text) for text in texts]

    @cached_property
    def known(self) -> frozenset[str]:
        """Every word there is."""
        return frozenset().union(*self._texts)

    @cached_property
    def running(self) -> str:
        """All words in order with a blank around each, so that a phrase is a substring."""
        return "\n".join(f" {' '.join(words)} " for words in self._texts)
