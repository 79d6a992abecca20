"""The facts of one note, with what several tests ask of them worked out once."""

from collections.abc import Mapping

from shared.conditions.words import Words, blanked

Facts = Mapping[str, object]
_DAY = 86_400


class Seen:
    """Facts that tests look at."""

    __slots__ = ("_blanked", "_words", "facts")

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._words: dict[str, Words] = {}
        self._blanked: dict[str, str] = {}

    def value(self, field: str) -> object:
        """The fact, or None when it is missing. `text` is subject and message, one below the other."""
        if field == "text":
            texts = [value for value in map(self.facts.get, ("subject", "message")) if isinstance(value, str) and value]
            return "\n".join(texts) or None
        value = self.facts.get(field)
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
            text = self.facts.get(name)
            known = self._blanked[name] = blanked(text) if isinstance(text, str) else ""
        return known

    def previous_tickets(self, days: int | None, same_path: bool) -> int | None:
        """How many earlier notes there are, at most `days` old, on this very path if so asked."""
        earlier = self.facts.get("previous_tickets")
        if not isinstance(earlier, list | tuple):
            return None
        path = self.facts.get("category")
        oldest = None if days is None else days * _DAY
        return sum(
            1
            for ticket in earlier
            if (oldest is None or ticket["age"] <= oldest) and (not same_path or ticket["category"] == path)
        )
