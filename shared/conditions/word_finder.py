"""Finds which of some words a text has, in one pass."""

from collections.abc import Callable, Iterable, Sequence

import re2

from shared.conditions.words import Words

# One automaton for all of them. It grows with the words; at this many it is a hundredth of what it may take (RE2 gives up in
# silence where memory does not suffice), and for more of them splitting the text is as quick.
MOST_AT_ONCE = 500
_MEMORY = 64 << 20  # bytes


def finder(wanted: Iterable[str]) -> Callable[[Words], Sequence[str]]:
    """A function that gives those of the `wanted` (folded) words that a text has; it takes a third of the time of splitting the text
    and comparing sets.
    """
    words = sorted(wanted)
    options = re2.Options()
    options.max_mem = _MEMORY
    options.literal = True
    automaton = re2.Set.SearchSet(options)
    for word in words:
        automaton.Add(f" {word} ")
    automaton.Compile()
    match = automaton.Match

    def find(there: Words) -> Sequence[str]:
        return [words[number] for number in match(there.texts) or ()]

    return find
