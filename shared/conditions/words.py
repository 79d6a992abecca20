"""Words as `contains_any` sees them: whole, without case and accents."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from os.path import commonprefix

_WORD = re.compile(r"[^\W_]+")
# Most texts are in characters of these code pages (the second has typographic quotes), for which folding and splitting
# is one table look-up a character, some ten times faster than by Unicode's rules. A zero byte marks characters that
# need those rules (ß becomes two).
_CODE_PAGES = ("latin-1", "cp1252")
_RULES_NEEDED = b"\0"


def fold(text: str) -> str:
    """The text without case, accents and compatibility forms (Unicode NFKD, marks dropped, case folded)."""
    if text.isascii():
        return text.lower()
    # Folding the case of some characters makes new marks, so the text is decomposed again afterwards.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join([character for character in apart if not unicodedata.combining(character)])


def split(text: str) -> list[str]:
    """The folded words of a text: its longest alphanumeric runs."""
    return blanked(text).split()


def blanked(text: str) -> str:
    """The folded text, with a blank for everything that is not alphanumeric."""
    for code_page, table in _TABLES:
        try:
            encoded = text.encode(code_page).translate(table)
        except UnicodeEncodeError:
            continue
        if _RULES_NEEDED not in encoded:
            return encoded.decode("latin-1")
        break
    return " ".join(_WORD.findall(fold(text)))


def _table(code_page: str) -> bytes:
    return b"".join(_entry(bytes((code,)).decode(code_page, "replace")) for code in range(256))


def _entry(character: str) -> bytes:
    folded = fold(character)
    if not any(map(str.isalnum, folded)):
        return b" " if character != "\0" else _RULES_NEEDED
    plain = folded.encode("latin-1", "replace")
    return plain if len(plain) == 1 and plain != b"?" else _RULES_NEEDED


_TABLES = tuple((code_page, _table(code_page)) for code_page in _CODE_PAGES)


# Looking for this many words one by one takes as long as splitting a text and looking all of them up at once.
_MANY_WORDS = 30
_SHORTEST_BEGINNING = 4


class Words:
    """The words of one or several blanked texts, for looking up words and phrases (which never span two texts).

    `texts` are the texts themselves, with a blank before and behind every word.
    """

    __slots__ = ("_known", "_looked_for", "_running", "texts")

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = " " + " \n ".join(texts) + " "
        self._looked_for = 0
        self._known: frozenset[str] | None = None
        self._running: str | None = None

    @property
    def known(self) -> frozenset[str]:
        """All words of the texts."""
        if self._known is None:
            self._known = frozenset(self.texts.split())
        return self._known

    def among(self, wanted: frozenset[str]) -> frozenset[str]:
        """Those of the wanted words that are there. Once a text, this is quicker than making `known`."""
        return wanted & self._known if self._known is not None else wanted.intersection(self.texts.split())

    @property
    def running(self) -> str:
        """All words in order with one blank around each, so that a phrase is a substring."""
        if self._running is None:
            self._running = "\n".join([f" {' '.join(text.split())} " for text in self.texts.split("\n")])
        return self._running

    def have_any(self, singles: frozenset[str], beginnings: Sequence[str], phrases: Iterable[tuple[str, str]]) -> bool:
        """Whether any of the words or phrases is there.

        `beginnings` are those of the single words, a blank before each (see `beginnings_of`); phrases are as `led_by_a_word`
        gives them.
        """
        self._looked_for += len(beginnings)
        split = self._known is not None or self._looked_for > _MANY_WORDS
        if (split or self._any_begins(beginnings)) and not singles.isdisjoint(self.known):
            return True
        for word, phrase in phrases:  # noqa: SIM110 (a generator would double the time)
            if word in self.texts and phrase in self.running:
                return True
        return False

    def _any_begins(self, beginnings: Sequence[str]) -> bool:
        for beginning in beginnings:  # noqa: SIM110
            if beginning in self.texts:
                return True
        return False


def led_by_a_word(phrases: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Each phrase (a blank before and behind) with its longest word, blanks around it: where a text lacks the word it lacks the
    phrase, and need not be made running to be looked through.
    """
    return tuple((f" {max(phrase.split(), key=len)} ", phrase) for phrase in phrases)


def beginnings_of(words: Iterable[str]) -> tuple[str, ...]:
    """What the words begin with, a blank before it: forms of one word (hacked, hackad, hackat) share a beginning.

    Where a text has none of the beginnings it has none of the words, and there are fewer of them to look for.
    """
    found: list[str] = []
    for word in sorted(words):
        shared = commonprefix([found[-1], word]) if found else ""  # noqa: RUF071 (these are no paths)
        if len(shared) >= _SHORTEST_BEGINNING:
            found[-1] = shared
        else:
            found.append(word)
    return tuple(f" {beginning}" for beginning in found)
