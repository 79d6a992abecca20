"""Checks what was sent: a Submission, or every error in it at once. Pure but for decoding the file."""

from collections.abc import Mapping, Sequence

from services.intake.submissions.submission import Submission, Upload
from shared.attachments.check import CheckedFile, check_file
from shared.attachments.errors import FileRefused, SeveralFiles
from shared.catalog.model import Catalog
from shared.errors import Unprocessable
from shared.submission_fields import NAMES
from shared.submission_values import UNKNOWN, read_values
from shared.validation import FieldErrors

FIELDS = (*NAMES, "details")


def validate_submission(
    catalog: Catalog,
    given: Mapping[str, object],
    uploads: Sequence[Upload] = (),
    language: str = "en",
    *,
    smtputf8: bool = False,
) -> Submission:
    """The submission in `given` (names as in the API; None and empty texts count as not given).

    Errors of details are in `language` where the catalogue is translated. `smtputf8`: addresses may be beyond ASCII before the @.

    Raises Unprocessable with every error in `errors`; a file that alone is wrong raises its own error (attachments/errors.py). Raises
    Unavailable when the file cannot be checked now.
    """
    errors: FieldErrors = {name: [UNKNOWN] for name in given if name not in FIELDS}
    values = read_values(catalog, given, errors, language, smtputf8=smtputf8)
    file = read_file(uploads, errors)
    return Submission(values.fields, values.details, file)


def read_file(uploads: Sequence[Upload], errors: FieldErrors) -> CheckedFile | None:
    """The checked file. With other errors beside it, raises Unprocessable with all of them; alone, the file's own error.

    A browser sends an empty, nameless file where none was chosen: that is no file.
    """
    file = None
    given = [upload for upload in uploads if upload.name or upload.body]
    try:
        if len(given) > 1:
            raise SeveralFiles
        if given:
            file = check_file(given[0].name, given[0].body)
    except FileRefused as refused:
        if not errors:
            raise
        errors.update({field: list(because) for field, because in refused.errors.items()})
    if errors:
        raise Unprocessable(errors)
    return file
