"""The file of a form that comes back to its sender: kept, shown by its name, removed when they say so."""

from collections.abc import Container

from flask import request

from services.intake.web.desk import Files, KeptFile, desk

FILE = "attachment"
# The form's own field with the token of a kept file, and its button "Remove".
KEPT = "kept_file"
REMOVE = "remove_file"


def sent_files() -> Files:
    """The files this request brings: those chosen now, else the one that was kept."""
    return Files(request.files.getlist(FILE), request.form.get(KEPT, ""))


def wants_removal() -> bool:
    """Whether "Remove" was pressed: nothing is sent then, and the form comes back without the file."""
    if REMOVE not in request.form:
        return False
    desk().drop(request.form.get(KEPT, ""))
    return True


def kept_file(faults: Container[str]) -> KeptFile | None:
    """The file that the form shown next still has. One that is itself at fault is not kept; one chosen now takes an older one's place."""
    token = request.form.get(KEPT, "")
    if REMOVE in request.form or FILE in faults:
        return None
    if chosen_a_file():
        kept = desk().keep(request.files.getlist(FILE))
        if kept and token:
            desk().drop(token)
        return kept
    return desk().kept(token) if token else None


def chosen_a_file() -> bool:
    """Whether this request brings a file."""
    return any(file.filename for file in request.files.getlist(FILE))
