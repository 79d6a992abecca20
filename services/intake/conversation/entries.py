"""The entries of a conversation, oldest first, as the holder of one of the ticket's keys may read them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from markupsafe import Markup
from sqlalchemy import Row

from shared.commonmark import as_html, linked_lines
from shared.mail.addresses import masked
from shared.ticket_keys import KeyKind

Role = Literal["requester", "agent", "system"]


@dataclass(frozen=True)
class Author:
    """Who wrote an entry. Of an agent only the first name, of a service account nothing is shown.

    `is_stranger`: a mail to the ticket came from another address than the requester's.
    """

    role: Role
    name: str | None
    email: str | None
    is_stranger: bool = False


@dataclass(frozen=True)
class EntryFile:
    """A file that came with an entry; `size` in bytes, `url` below intake's address."""

    id: str
    name: str
    media_type: str
    size: int
    state: str
    url: str
    frames: int | None = None


@dataclass(frozen=True)
class Entry:
    """One message. `reference`: of the ticket that it was sent under.

    `codes`: what the e-mail of an answer shows besides: reasons, evidence, outcome.

    `is_withheld`: a mail, of which the receipt's key shows neither text nor files, since it may repeat our answers.
    """

    id: str
    reference: str
    kind: str
    at: datetime
    author: Author
    text: str
    html: Markup
    attachments: tuple[EntryFile, ...]
    source: str
    quoted: str | None = None
    automatic: bool = False
    email: None = None
    codes: Mapping[str, Any] = field(default_factory=dict)
    is_withheld: bool = False

    @property
    def is_message(self) -> bool:
        """Whether there is something to read or to open: a follow-up may fill in details alone, an agent open a ticket without a word."""
        return self.kind not in ("submission", "follow_up") or self.is_withheld or bool(self.text or self.attachments)


@dataclass(frozen=True)
class Told:
    """The rows of a ticket that a conversation is made of. `shown_as`: the ticket on whose page it is, by whose key files are opened."""

    shown_as: str
    submission: Row[Any]
    follow_ups: Sequence[Row[Any]]
    files: Sequence[Row[Any]]
    answers: Sequence[Row[Any]]


def entries_of(told: Told, key: KeyKind) -> tuple[Entry, ...]:
    """What was written; with the receipt's key only what its requester sent, and of a mail that it was sent."""
    sent = [_submission(told, key), *_follow_ups(told, key)]
    answers = [_answer(row, told.shown_as) for row in told.answers] if key == "mailed" else []
    # Stable: what was written at the same time stays in order.
    return tuple(sorted((*sent, *answers), key=lambda entry: entry.at))


def together(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries of several tickets as one conversation. Stable, as entries_of."""
    return tuple(sorted(entries, key=lambda entry: entry.at))


def _submission(told: Told, key: KeyKind) -> Entry:
    row = told.submission
    personal = row.personal or {}
    written = personal.get("message") or ""
    return Entry(
        id=row.reference,
        reference=row.reference,
        kind="submission",
        at=row.submitted_at,
        author=_requester(personal, key),
        text=written,
        html=linked_lines(written),
        attachments=_files(told, None),
        source=personal.get("source") or "form",
    )


def _follow_ups(told: Told, key: KeyKind) -> Iterable[Entry]:
    requester = told.submission.personal or {}
    for row in told.follow_ups:
        personal = row.personal or {}
        stranger = personal.get("from")
        if key == "receipt" and stranger:
            continue
        is_withheld = key == "receipt" and row.source == "email"
        written = "" if is_withheld else personal.get("message") or ""
        yield Entry(
            id=str(row.id),
            reference=told.submission.reference,
            kind="follow_up",
            at=row.sent_at,
            author=Author("requester", None, stranger, is_stranger=True) if stranger else _requester(requester, key),
            text=written,
            html=linked_lines(written),
            attachments=() if is_withheld else _files(told, row.id),
            source=row.source,
            quoted=None if is_withheld else personal.get("quoted"),
            automatic=bool(row.automatic),
            is_withheld=is_withheld,
        )


def _answer(row: Row[Any], shown_as: str) -> Entry:
    personal = row.personal or {}
    written, names = personal.get("message") or "", personal.get("attachment_names") or {}
    return Entry(
        id=str(row.event_id),
        reference=row.reference,
        kind=row.kind,
        at=row.at,
        author=Author("agent", personal.get("author"), None),
        text=written,
        html=as_html(written),
        attachments=tuple(
            EntryFile(
                id=str(file["id"]),
                name=names.get(str(file["id"])) or "",
                media_type=file["media_type"],
                size=file["size"],
                state=file["state"],
                url=_url(shown_as, file["id"]),
            )
            for file in row.files
        ),
        source=row.source or "console",
        codes=row.codes,
    )


def _requester(personal: Mapping[str, Any], key: KeyKind) -> Author:
    """The receipt's key may be that of somebody who only entered the address: it shows what the page shows of it."""
    email = personal.get("email")
    return Author("requester", personal.get("name"), masked(email) if email and key == "receipt" else email)


def _files(told: Told, follow_up: object) -> tuple[EntryFile, ...]:
    return tuple(
        EntryFile(
            id=str(file.id),
            name=file.name or "",
            media_type=file.media_type,
            size=file.size,
            state=file.state,
            url=_url(told.shown_as, file.id),
            frames=file.frames,
        )
        for file in told.files
        if file.follow_up == follow_up
    )


def _url(reference: str, file: object) -> str:
    return f"/v1/tickets/{reference}/attachments/{file}"
