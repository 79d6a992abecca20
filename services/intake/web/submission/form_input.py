"""What the fields of our form hold: what is shown again after an error, and what is submitted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from services.intake.submissions.posted import PREFIX, read_own_form
from shared.catalog.evidence import CANNOT_PROVIDE
from shared.catalog.model import Category
from shared.submission_fields import SUBMISSION_FIELDS

FILE = "attachment"
# With a field's name, the name of the button that puts the suggested address into it; nothing is sent then.
SUGGESTED = "suggested."
_QUESTIONS = [field for field in SUBMISSION_FIELDS if field.question is not None]


@dataclass(frozen=True)
class FormInput:
    """`shown`: what a person entered, exactly, by the names of the form's fields. `posted`: the same as the API would be sent it."""

    shown: Mapping[str, str]
    posted: Mapping[str, object]

    @property
    def details(self) -> Mapping[str, object]:
        """The category's own fields and evidence that were filled in."""
        details = self.posted.get("details", {})
        return details if isinstance(details, dict) else {}

    @property
    def cannot_provide(self) -> frozenset[str]:
        """The ids of evidence that the person cannot give."""
        ids = self.details.get(CANNOT_PROVIDE, ())
        return frozenset(ids) if isinstance(ids, list) else frozenset()

    def submission(self, category: Category, locale: str) -> dict[str, object]:
        """The fields as `POST /v1/tickets` accepts them."""
        return {**self.posted, "category": category.path, "locale": locale}

    def addition(self) -> dict[str, object]:
        """The fields as `POST /v1/tickets/<reference>/follow-ups` accepts them."""
        return {name: self.posted[name] for name in ("message", "details") if name in self.posted}


EMPTY_INPUT = FormInput({}, {})


def read_form_input(form: MultiDict[str, str], category: Category) -> FormInput:
    """What the form's fields hold; of the details only those that the path asks for."""
    names = [field.name for field in _QUESTIONS] + [PREFIX + name for name in _detail_names(category)]
    shown = {name: form.get(SUGGESTED + name, form[name]).replace("\r\n", "\n") for name in names if name in form}
    return FormInput(shown, read_own_form(form, names))


def accepted_suggestion(form: MultiDict[str, str]) -> str | None:
    """The suggested address whose button was pressed; None where another one was."""
    return next((value for name, value in form.items() if name.startswith(SUGGESTED)), None)


def field_order(category: Category) -> list[str]:
    """The names of the form's questions from top to bottom."""
    before = [field.name for field in _QUESTIONS if field.question and field.question.position == "before"]
    after = [field.name for field in _QUESTIONS if field.name not in before]
    return [*before, *(PREFIX + name for name in _detail_names(category)), FILE, *after]


def in_form_order(errors: Mapping[str, Iterable[str]], category: Category) -> dict[str, list[str]]:
    """The errors in the order of the form's questions, after those that belong to no question."""
    order = {name: position for position, name in enumerate(field_order(category))}
    return {name: list(errors[name]) for name in sorted(errors, key=lambda name: order.get(name, -1))}


def _detail_names(category: Category) -> list[str]:
    return [field.name for field in category.fields] + [slot.id for slot in category.evidence if slot.typed]
