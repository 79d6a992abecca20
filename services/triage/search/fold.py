"""The words of a text as they are searched: without case and accents, and CJK in pairs of characters."""

import re
import unicodedata
from collections.abc import Iterator

# Han, kana and Hangul are written without blanks, or with endings, so that a word stands inside a run of characters.
CJK = "\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
_IS_CJK = re.compile(rf"[{CJK}]")
# Unicode decomposes none of these.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "\u0640": None}
)
# Marks that make another character of kana; dropped, they would make another word.
_VOICED = "\u3099\u309a"
# PostgreSQL's limit is 2,046 bytes; nobody searches for a longer word.
LONGEST_TOKEN = 200


def fold(text: str) -> str:
    """The text without case, accents and compatibility forms (NFKD, case folded, marks dropped)."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN))
    kept = [one for one in apart if not unicodedata.combining(one) or one in _VOICED]
    return unicodedata.normalize("NFC", "".join(kept))


def tokens(text: str) -> list[str]:
    """The folded words of the text in their order. A run of CJK characters stays whole."""
    return [token[:LONGEST_TOKEN] for token in _TOKEN.findall(fold(text))]


def is_cjk(token: str) -> bool:
    """Whether a token is a run of CJK characters; no token is one in part."""
    return _IS_CJK.match(token) is not None


def indexed(token: str) -> Iterator[str]:
    """The words under which a token is found, one for each position: of a run of CJK characters each pair, and the last character."""
    if not is_cjk(token):
        yield token
        return
    for at in range(len(token) - 1):
        yield token[at : at + 2]
    yield token[-1]
