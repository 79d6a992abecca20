"""The address that a person probably meant where its domain is a slip of a common one: "Did you mean anna@gmail.com?" Pure.

The form's script follows the same rule with the same data, RULE (services/intake/web/static/fields.js).

A name may differ a little from a common one, an ending only by a known slip: people write gmial.com and gmail.con, and gmail.de is
another domain. The first character must agree, since email.com, ymail.com and mail.com are providers too.
"""

import re
from collections.abc import Mapping

COMMON = (
    *("gmail.com", "googlemail.com", "icloud.com", "me.com", "mac.com", "aol.com", "protonmail.com", "proton.me"),
    *("hotmail.com", "hotmail.se", "hotmail.co.uk", "hotmail.fr", "hotmail.de", "hotmail.it", "hotmail.es"),
    *("outlook.com", "outlook.se", "outlook.fr", "outlook.de", "live.com", "live.se", "live.co.uk", "msn.com"),
    *("yahoo.com", "yahoo.se", "yahoo.co.uk", "yahoo.fr", "yahoo.de", "yahoo.it", "yahoo.es", "yahoo.ca"),
    *("yahoo.co.in", "yahoo.co.jp", "yahoo.com.br", "yahoo.com.au"),
    *("telia.com", "comhem.se", "bredband.net", "bredband2.com"),
    *("gmx.com", "gmx.de", "gmx.net", "web.de", "fastmail.com"),
)
# No such top-level domain exists.
SLIPS = {
    **dict.fromkeys(("con", "cmo", "ocm", "comm", "coom", "ccom", "vom", "xom", "cim", "cpm", "copm", "comn"), "com"),
    **{"nte": "net", "nett": "net", "ogr": "org", "orgg": "org"},
}
# These exist: a slip only where the name, too, is that of a common domain, or nearly.
SLIPS_OF_COMMON = {"co": "com", "cm": "com", "om": "com", "c": "com", "ne": "net", "sw": "se", "see": "se"}
# Real domains that are near a common one.
REAL = (
    *("homemail.com", "hotelmail.com", "outlooks.com", "firstmail.com", "ilve.com", "me.co", "photon.me"),
    *("talia.com", "telma.com", "bredbandet.net"),
)
# Names shorter than the first length differ by two swapped characters at most; of at least the second, by any two characters.
SHORT, LONG = 5, 6


def _pairs(table: Mapping[str, str]) -> str:
    return " ".join(f"{slip}:{meant}" for slip, meant in table.items())


# The data for the script, in the order of above; an attribute of HTML would hold JSON at twice the length.
RULE = "|".join((" ".join(COMMON), _pairs(SLIPS), _pairs(SLIPS_OF_COMMON), " ".join(REAL), f"{SHORT} {LONG}"))
_SEPARATORS = re.compile(r"[,;.\s]+")


def likely_address(text: str) -> str | None:
    """The address that is more likely than `text`; None where there is none, or `text` has no part before the @."""
    local, at, domain = text.strip().rpartition("@")
    if not at or not local or not domain.isascii() or re.search(r"[@\s]", local):
        return None
    given = domain.strip().lower()
    likely = _likely_domain(_SEPARATORS.sub(".", given).strip("."))
    return f"{local}@{likely}" if likely and likely != given else None


def _likely_domain(domain: str) -> str | None:
    """The domain in its likely form, which is `domain` itself where that is a real one; None where none is known."""
    if domain in COMMON or domain in REAL:
        return domain
    if "." not in domain:
        return next((common for common in COMMON if common.replace(".", "") == domain), None)
    name, _, ending = domain.partition(".")
    top = ending.rpartition(".")[2]
    fixed = ending.removesuffix(top) + SLIPS.get(top, top)
    for one in (fixed, SLIPS_OF_COMMON.get(fixed, fixed)):
        near = [common for common in COMMON if _is_near(name, one, common)]
        if near:
            return min(near, key=lambda common: distance(name, common.partition(".")[0]))
    return f"{name}.{fixed}"


def _is_near(name: str, ending: str, common: str) -> bool:
    meant, _, its_ending = common.partition(".")
    if ending != its_ending:
        return False
    if name == meant:
        return True
    swapped = len(name) == len(meant) and sorted(name) == sorted(meant) and distance(name, meant) == 1
    if len(meant) < SHORT:
        return len(meant) == SHORT - 1 and swapped
    return (swapped or name[:1] == meant[0]) and distance(name, meant) <= (
        2 if min(len(name), len(meant)) >= LONG else 1
    )


def distance(one: str, other: str) -> int:
    """How many characters to insert, drop, replace or swap with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, character in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, other_character in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (character != other_character))
            if i > 1 and j > 1 and character == other[j - 2] and one[i - 2] == other_character:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
