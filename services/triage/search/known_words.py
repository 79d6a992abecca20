"""What the search index knows of a query's keys, as tsqueries."""

from collections.abc import Collection, Iterable, Iterator

from services.triage.search.keys import PRIORITIES
from services.triage.search.query import Name, Query
from services.triage.search.search_row import ATTACHMENT, CATEGORY, LANGUAGE, PRIORITY, TAG, lexeme

# More words would cost more than what they save.
MOST_OTHERS = 40
_LEVELS = {CATEGORY: "/", LANGUAGE: "-"}


def known_words(query: Query, values: Collection[str] | None) -> list[str]:
    """The tsqueries of the keys, all of which must match. `values`: the words of `triage.search_values`, which only a negated key
    needs; None: too many."""
    found = [lexeme(TAG, tag.lower()) for tag in query.keys("tag")]
    if "attachment" in query.keys("has"):
        found.append(f"'{ATTACHMENT}'")
    asked, excluded = query.keys("priority"), query.keys("priority", negated=True)
    if asked or excluded:
        left = [one for one in PRIORITIES if (not asked or one in asked) and one not in excluded]
        found.append(any_of(PRIORITY, left))
    if query.keys("category"):
        found.append(any_of(CATEGORY, query.keys("category")))
    if query.keys("lang"):
        found.append(any_of(LANGUAGE, query.keys("lang")))
    found += [f"!({lexeme(TAG, tag.lower())})" for tag in query.keys("tag", negated=True)]
    if query.keys("has", negated=True):
        found.append(f"!('{ATTACHMENT}')")
    return found + list(_excluded(query, values))


def any_of(sign: str, values: Iterable[str]) -> str:
    """Any of the values; none of them is fulfilled by nothing."""
    return " | ".join(lexeme(sign, value) for value in values) or lexeme(sign, " ")


def _excluded(query: Query, values: Collection[str] | None) -> Iterator[str]:
    """A search for all but a common value would read the index of every ticket: it is one for the others, if they are few."""
    signs: tuple[tuple[Name, str], ...] = (("category", CATEGORY), ("lang", LANGUAGE))
    for name, sign in signs:
        excluded = query.keys(name, negated=True)
        if excluded:
            others = _others(sign, excluded, values)
            yield f"!({any_of(sign, excluded)})" if others is None else any_of(sign, others)


def _others(sign: str, excluded: Collection[str], values: Collection[str] | None) -> list[str] | None:
    """The values that tickets have besides the excluded ones, a root in place of all below it. None: too many, or a ticket has none."""
    if values is None:
        return None
    level = _LEVELS[sign]
    roots = {value.partition(level)[0] for value in excluded}
    left = set()
    for word in values:
        value = word[1:]
        if word[0] != sign or any(value == one or value.startswith(f"{one}{level}") for one in excluded):
            continue
        root = value.partition(level)[0]
        left.add(value if root in roots else root)
    return None if len(left) > MOST_OTHERS or "" in left else sorted(left)
