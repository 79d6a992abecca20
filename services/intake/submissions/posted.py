"""What was posted, as fields and files, however it travelled: JSON, multipart, or a browser's form."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from werkzeug.datastructures import FileStorage, MultiDict

from services.intake.submissions.submission import Upload
from shared.attachments.check import LIMIT
from shared.attachments.errors import FIELD
from shared.catalog.evidence import CANNOT_PROVIDE
from shared.errors import Unprocessable, Unreadable
from shared.http.json_bodies import NOT_AN_OBJECT, REPEATED, read_json, read_json_object

PREFIX = "details."
NO_JSON = "This is not JSON."
NOT_A_FILE = "This must be sent as a file."
NAMELESS = "A part of the form has no name."
NO_FILE = "There is no such field for a file."


@dataclass(frozen=True)
class Posted:
    """Fields by name, with `details` as an object; and the files sent as `attachment`."""

    fields: Mapping[str, object]
    uploads: Sequence[Upload] = ()


def read_json_body(body: bytes) -> Posted:
    """A body that is JSON. Raises Unreadable for what is no JSON, Unprocessable for JSON that is no object."""
    return Posted(read_json_object(body))


def read_form(form: MultiDict[str, str], files: MultiDict[str, FileStorage]) -> Posted:
    """A form of any site: `details` as one JSON text, or as `details.<name>`.

    Raises Unreadable for a part without a name, Unprocessable with every field that was sent wrongly.
    """
    if None in form or None in files:
        raise Unreadable(NAMELESS)
    errors = {name: [NO_FILE] for name in files if name != FIELD}
    found = _Fields(errors=errors)
    for name, values in form.lists():
        found.add(name, values)
    if found.fields.pop(FIELD, None):
        errors[FIELD] = [NOT_A_FILE]
    if errors:
        raise Unprocessable(errors)
    return Posted(found.with_details(), uploads_of(files.getlist(FIELD)))


def read_own_form(form: MultiDict[str, str], names: Collection[str]) -> Mapping[str, object]:
    """The fields of our own form: of those in `names`, and `cannot_provide`, what was filled in.

    Our form sends every question; an older page may send questions that are not asked any more.
    """
    found = _Fields()
    for name, values in form.lists():
        if name == PREFIX + CANNOT_PROVIDE or (name in names and values[0].strip()):
            found.add(name, values[:1] if name in names else values)
    return found.with_details()


def uploads_of(files: Sequence[FileStorage]) -> list[Upload]:
    """The files as bytes; of one that is too large no more is read than shows it."""
    return [Upload(file.filename or "", file.stream.read(LIMIT)) for file in files]


@dataclass(frozen=True)
class _Fields:
    fields: dict[str, object] = field(default_factory=dict)
    details: dict[str, object] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, values: Sequence[str]) -> None:
        """Browsers end lines with \\r\\n; what is kept has plain line ends."""
        if name == PREFIX + CANNOT_PROVIDE:
            self.details[CANNOT_PROVIDE] = [part for value in values for part in value.replace(",", " ").split()]
        elif len(values) > 1:
            self.errors[name] = [REPEATED]
        elif name == "details":
            self._add_json(values[0])
        elif name.startswith(PREFIX):
            self.details[name.removeprefix(PREFIX)] = values[0].replace("\r\n", "\n")
        else:
            self.fields[name] = values[0]

    def with_details(self) -> dict[str, object]:
        return {**self.fields, "details": self.details} if self.details else self.fields

    def _add_json(self, text: str) -> None:
        """What is no JSON here is a wrong field, not a body that cannot be read."""
        if not text.strip():
            return
        try:
            given = read_json(text)
        except Unprocessable as error:
            self.errors.update({f"{PREFIX}{name}": list(because) for name, because in error.errors.items()})
            return
        except Unreadable:
            self.errors["details"] = [NO_JSON]
            return
        if isinstance(given, dict):
            self.details.update(given)
        else:
            self.errors["details"] = [NOT_AN_OBJECT]
