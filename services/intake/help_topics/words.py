"""The words of a text, as the search compares them."""

import re
import unicodedata

_APOSTROPHES = re.compile(r"['’ʼ`´]")
# The one character of "e-mail" or "e-post" is no word of its own.
_SHORT_PREFIX = re.compile(r"\b(\w)-(?=\w)")
_WORD = re.compile(r"[^\W_]+")

# Words that tell no topic apart: without them "I can't" would find every title that begins so. A language that is not here has only
# the rarity of its words to tell by.
_ENGLISH = """
    a about after again also am an and any anymore anyone are as at be because been before but by can cannot cant could couldnt
    day days dear did didnt do does doesnt dont even for from get getting got had has have havent hello help hey hi how i if im
    in into is isnt it its ive just know like me month more my need no not now of on one only or our please really regards
    since so some still than thank thanks that the their them then there they thing this time times to today too tried try
    trying up us very want was we week were what when where which who why will with wont would yesterday you your
"""
_SWEDISH = """
    alla allt an att av bara behover blev bli blir blivit bra da dag dagar de deras dem den det detta dig din dina ditt du efter
    ej eller en er era ert ett fa far fatt fick fina flera for forsoker forsokt fran ganger ge gor gora gick gar gatt ha hade
    halsning halsningar har hej hos hur hjalp hjalpa i icke idag igar igen ingen inget inte ja jag kan kanske kom kommer kunde
    lite man manad med men mig min mina mitt mot mvh nagon nagot nar ni nu nya och ocksa om oss pa provat sa sedan sen
    sig ska skulle som tack testat till trots under upp ut utan vad val vanliga var vara varfor varit vecka vem vet vi vid vill
    vilka vilken vilket
"""
_COMMON = frozenset((_ENGLISH + _SWEDISH).split())


def fold(text: str) -> str:
    """`text` without case and accents, so that "Losenord" finds "Lösenord"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def all_words(text: str) -> list[str]:
    """Every word of `text`, folded: "Can’t" is `cant`, "E-mail" is `email`, "Pin-knappen" is two words."""
    return _WORD.findall(_SHORT_PREFIX.sub(r"\1", _APOSTROPHES.sub("", fold(text))))


def telling_words(words: list[str]) -> list[str]:
    """Those that tell topics apart."""
    return [word for word in words if word not in _COMMON and (len(word) > 1 or not word.isascii())]
