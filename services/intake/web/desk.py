"""What the pages ask of the rest of intake: the same use cases as the API's, behind one small interface."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flask import current_app
from werkzeug.datastructures import FileStorage

from services.intake.web.submission.form_token import FormToken

_NAME = "vidare-form-desk"


@dataclass(frozen=True)
class Files:
    """What a form brings: files chosen now, or else the one kept when the form was refused before."""

    chosen: list[FileStorage]
    kept: str = ""


@dataclass(frozen=True)
class SentForm:
    """The form that a note came in: its token, where it has one of ours, and whether the field that people do not see was filled in."""

    token: FormToken | None
    trapped: bool


@dataclass(frozen=True)
class Accepted:
    """A note that was taken, now or the first time it was sent."""

    reference: str
    key: str


@dataclass(frozen=True)
class Sent:
    """Something a requester sent later: a message, a file by its name and size in bytes."""

    at: datetime
    message: str | None
    files: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class TicketView:
    """Where a note is, as its requester sees it; `status` as in `GET /v1/tickets/<reference>`."""

    reference: str
    status: str
    category: str
    subject: str | None
    team: str | None
    created_at: datetime
    missing_evidence: tuple[str, ...]
    details: Mapping[str, object]
    answer_by: datetime | None
    sent: tuple[Sent, ...]
    unreached: str | None = None  # the address that our mail came back from


@dataclass(frozen=True)
class KeptFile:
    """A file that waits for the note it belongs to: what the page holds of it; `size` in bytes."""

    token: str
    name: str
    size: int


class Desk(Protocol):
    """The use cases. Each raises the errors of shared.errors; `Unprocessable.errors` in the language `locale`."""

    def submit(self, note: Mapping[str, object], files: Files, form: SentForm, locale: str) -> Accepted: ...

    def follow(self, reference: str, key: str) -> TicketView: ...

    def add(self, reference: str, key: str, addition: Mapping[str, object], files: Files, locale: str) -> None: ...

    def withdraw(self, reference: str, key: str) -> None: ...

    def mend_address(self, reference: str, key: str, email: str) -> None: ...

    def request_links(self, email: str, locale: str, trapped: bool) -> None: ...

    def count_step(self, step: str, path: str) -> None:
        """One more took this step at a help topic. Never blocks, never raises."""
        ...

    def keep(self, files: list[FileStorage]) -> KeptFile | None:
        """Keep a file for the form's next try; None where there is none that can be kept."""
        ...

    def kept(self, token: str) -> KeptFile | None:
        """The file kept before, if it still is."""
        ...

    def drop(self, token: str) -> None:
        """Forget it."""
        ...


def keep_desk(extensions: dict[str, Any], made: Desk) -> None:
    """Keep it with the application."""
    extensions[_NAME] = made


def desk() -> Desk:
    """That of the application that serves this request."""
    found: Desk = current_app.extensions[_NAME]
    return found
