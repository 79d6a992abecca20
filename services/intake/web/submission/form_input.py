"""From what a form's fields hold to the note as the API would be sent it, and back into the fields when it was refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from shared.catalog.evidence import CANNOT_PROVIDE
from shared.catalog.model import Category

PREFIX = "details."
_LINES = ("email", "name", "subject", "message", "username", "platform", "country")


@dataclass(frozen=True)
class Typed:
    """What a person typed, exactly, by the names of the form's fields; and what they said they cannot give."""

    fields: Mapping[str, str]
    cannot_provide: frozenset[str]

    def details(self) -> dict[str, object]:
        """The path's own fields and evidence that were filled in."""
        given: dict[str, object] = {
            name.removeprefix(PREFIX): value
            for name, value in self.fields.items()
            if name.startswith(PREFIX) and value.strip()
        }
        return {**given, CANNOT_PROVIDE: sorted(self.cannot_provide)} if self.cannot_provide else given

    def note(self, category: Category, locale: str) -> dict[str, object]:
        """The note as `POST /v1/tickets` takes it: what was left empty is left out, line ends are \\n."""
        note: dict[str, object] = {"category": category.path, "locale": locale}
        note |= {name: self.fields[name] for name in _LINES if self.fields.get(name, "").strip()}
        details = self.details()
        return {**note, "details": details} if details else note

    def addition(self) -> dict[str, object]:
        """What is sent later, as `POST /v1/tickets/<reference>/follow-ups` takes it."""
        addition: dict[str, object] = (
            {"message": self.fields["message"]} if self.fields.get("message", "").strip() else {}
        )
        details = self.details()
        return {**addition, "details": details} if details else addition


NOTHING_TYPED = Typed({}, frozenset())


def read_typed(form: MultiDict[str, str], category: Category) -> Typed:
    """What the form's fields hold; of the details only those that the path asks for."""
    names = [*_LINES, *(PREFIX + name for name in _detail_names(category))]
    fields = {name: form[name].replace("\r\n", "\n") for name in names if name in form}
    boxes = form.getlist(PREFIX + CANNOT_PROVIDE)
    return Typed(fields, frozenset(part for box in boxes for part in box.split()))


def field_order(category: Category) -> list[str]:
    """The form's questions from top to bottom, by the names that faults are filed under."""
    own = [PREFIX + name for name in _detail_names(category)]
    return ["email", "name", "subject", "message", *own, "attachment", "username", "platform", "country"]


def in_form_order(faults: Mapping[str, Iterable[str]], category: Category) -> dict[str, list[str]]:
    """The faults in the order of the form's questions, whatever belongs to none of them first."""
    order = {name: place for place, name in enumerate(field_order(category))}
    return {name: list(faults[name]) for name in sorted(faults, key=lambda name: order.get(name, -1))}


def _detail_names(category: Category) -> list[str]:
    return [field.name for field in category.fields] + [slot.id for slot in category.evidence if slot.typed]
