"""The files of a conversation as its page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Connection

from services.triage.console.layout.policy import console_policy
from services.triage.deps import Deps
from services.triage.tickets.read_ticket import find_attachment
from shared.auth.principal import Principal
from shared.storage.object_store import LONGEST_LINK

FILE_STATES = {
    "pending": "being checked",
    "clean": "safe copy",
    "not_scanned": "not checked for malware",
    "quarantined": "quarantined",
}
PDF = "application/pdf"


@dataclass(frozen=True)
class File:
    """An attachment; `thumbnail` is a short-lived link to its safe copy, for images that have one. `view`: how the page can show it
    large, `image` or `pdf`; None: it can only be downloaded."""

    id: UUID
    name: str
    media_type: str
    size: int
    state: str
    state_words: str
    remark: str | None
    thumbnail: str | None
    view: str | None


def file_of(connection: Connection, deps: Deps, file: Mapping[str, Any], reader: Principal) -> File:
    """`file`: an attachment of a conversation's entry."""
    view, thumbnail = view_of(file["media_type"], file["state"]), None
    if view == "image":
        key, name, media_type, _ = find_attachment(connection, file["id"], reader)
        thumbnail = deps.store.presign(key, name, LONGEST_LINK, media_type)
    return File(
        id=file["id"],
        name=file["name"],
        media_type=file["media_type"],
        size=file["size"],
        state=file["state"],
        state_words=FILE_STATES[file["state"]],
        remark=file["remark"],
        thumbnail=thumbnail,
        view=view,
    )


def view_of(media_type: str, state: str) -> str | None:
    """Only re-encoded images are shown; a PDF is shown by the browser's own reader, under the store's origin."""
    if media_type.startswith("image/"):
        return "image" if state == "clean" else None
    return "pdf" if media_type == PDF and state in ("clean", "not_scanned") else None


def policy_with_files(deps: Deps) -> str:
    """The Content-Security-Policy of a page that shows pictures and PDFs of the store."""
    address = urlsplit(deps.settings.s3_public_url or deps.settings.s3_url)
    store = f"{address.scheme}://{address.netloc}"
    pictures = console_policy().replace("img-src 'self'", f"img-src 'self' {store}")
    return f"{pictures}; frame-src 'self' {store}"
