"""How many acknowledgements an address may get. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import limits


@dataclass(frozen=True)
class Cap:
    """At most `most` within the last `seconds`; `words` as it was set, such as "3 per 1 hour"."""

    most: int
    seconds: int
    words: str


def caps_of(notation: str) -> tuple[Cap, ...]:
    """The caps that a setting names (`limits` notation); empty: none. Raises ValueError."""
    if not notation:
        return ()
    return tuple(Cap(one.amount, one.get_expiry(), str(one)) for one in limits.parse_many(notation))


def admit(keys: Sequence[str], caps: Sequence[Cap], sent: Mapping[str, Sequence[int]]) -> list[str | None]:
    """For each address in turn: None if it may have one more, else the cap that forbids it.

    `sent` holds for an address how many it had within each cap's window; those admitted here count too.
    """
    counts = {key: list(numbers) for key, numbers in sent.items()}
    verdicts: list[str | None] = []
    for key in keys:
        had = counts.setdefault(key, [0] * len(caps))
        broken = next((cap.words for cap, number in zip(caps, had, strict=True) if number >= cap.most), None)
        if broken is None:
            counts[key] = [number + 1 for number in had]
        verdicts.append(broken)
    return verdicts
