"""The facts of one ticket; what several tests need of them (folded words, joined texts) is computed once."""

from collections.abc import Mapping

from shared.conditions.words import Words, blanked

Facts = Mapping[str, object]
_DAY = 86_400


class MemoisedFacts:
    """The facts that tests look at. `raw` are the facts as given."""

    __slots__ = ("_blanked", "_words", "raw")

    def __init__(self, raw: Facts) -> None:
        self.raw = raw
        self._words: dict[str, Words] = {}
        self._blanked: dict[str, str] = {}

    def value(self, field: str) -> object:
        """The fact, or None when it is missing. `text` is subject and message, one below the other."""
        if field == "text":
            texts = [value for value in map(self.raw.get, ("subject", "message")) if isinstance(value, str) and value]
            return "\n".join(texts) or None
        value = self.raw.get(field)
        return None if value is None or value == "" or value == [] else value

    def words(self, field: str) -> Words:
        """The words of a field, folded."""
        words = self._words.get(field)
        if words is None:
            names = ("subject", "message") if field == "text" else (field,)
            words = self._words[field] = Words([self._blank(name) for name in names])
        return words

    def _blank(self, name: str) -> str:
        known = self._blanked.get(name)
        if known is None:
            text = self.raw.get(name)
            known = self._blanked[name] = blanked(text) if isinstance(text, str) else ""
        return known

    def previous_tickets(self, days: int | None, same_path: bool) -> int | None:
        """How many earlier tickets there are, at most `days` old; with `same_path` only those on this very path."""
        earlier = self.raw.get("previous_tickets")
        if not isinstance(earlier, list | tuple):
            return None
        path = self.raw.get("category")
        oldest = None if days is None else days * _DAY
        return sum(
            1
            for ticket in earlier
            if (oldest is None or ticket["age"] <= oldest) and (not same_path or ticket["category"] == path)
        )
