"""Reads register.yaml: every column of every table and every key of every JSON document, personal or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("register.yaml")


@dataclass(frozen=True)
class PersonalData:
    """`holds`: what it says of a person; `erased`: what erasure does with it; `expires`: when it goes by itself."""

    holds: str
    erased: str
    expires: str


@dataclass(frozen=True)
class Register:
    """What is personal and what is not, by place.

    A place is `schema.table` with its columns, `schema.table.column` with the keys of its JSON objects, or `<event type>.payload`
    and `<event type>.personal` with the keys of that event.
    """

    personal: Mapping[str, Mapping[str, PersonalData]]
    other: Mapping[str, frozenset[str]]

    def unregistered(self, place: str, names: set[str]) -> set[str]:
        """Those of `names` that the register does not know at `place`."""
        return names - set(self.personal.get(place, {})) - self.other.get(place, frozenset())

    def places(self) -> set[str]:
        """Every place that has an entry."""
        return set(self.personal) | set(self.other)


def read_register(file: Path = FILE) -> Register:
    """The register in `file`. Raises KeyError or TypeError for an entry without `holds`, `erased` and `expires`."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    rules = document.pop("rules")
    personal: dict[str, dict[str, PersonalData]] = {}
    other: dict[str, frozenset[str]] = {}
    for place, entry in document.items():
        other[place] = frozenset(entry.get("other", []))
        personal[place] = {
            name: PersonalData(holds, **rules[rule]) for name, (holds, rule) in entry.get("personal", {}).items()
        }
    return Register(personal, other)
