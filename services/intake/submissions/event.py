"""The event TicketSubmitted: codes and references in the payload, everything a person wrote in `personal`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.intake.submissions.submission import Submission
from shared.attachments.check import CheckedFile
from shared.catalog.model import Catalog
from shared.events.contracts import Event, ticket_submitted
from shared.submission_fields import PERSONAL
from shared.submission_values import codes_of


@dataclass(frozen=True)
class StoredFile:
    """A file in the store whose row is not written yet."""

    id: UUID
    object_name: str
    checked: CheckedFile

    @property
    def state(self) -> str:
        """Every file is checked again by the slow worker (attachments/clean_attachments.py)."""
        return "pending"

    def as_payload(self) -> dict[str, object]:
        """As events carry it, without its name, which is personal."""
        return {
            "id": str(self.id),
            "object": self.object_name,
            "media_type": self.checked.media_type,
            "size": self.checked.size,
            "sha256": self.checked.sha256,
            "state": self.state,
        }

    def as_row(self) -> dict[str, object]:
        """As the statements that add several files name its columns."""
        return {**self.as_payload(), "name": self.checked.name}

    @staticmethod
    def values(file: "StoredFile | None") -> dict[str, object]:
        """As the statements that add an attachment name them; all null for no file."""
        return {
            "file_id": file.id if file else None,
            "object": file.object_name if file else None,
            "file_name": file.checked.name if file else None,
            "media_type": file.checked.media_type if file else None,
            "size": file.checked.size if file else None,
            "sha256": file.checked.sha256 if file else None,
            "file_state": file.state if file else None,
        }


@dataclass(frozen=True)
class Submitted:
    """The event, and the part of it that the submission's own row keeps."""

    event: Event
    personal: Mapping[str, Any]

    def extended(self, codes: Mapping[str, object], words: Mapping[str, object]) -> "Submitted":
        """The same with more in the event; the submission's row keeps the person's own words only."""
        event = self.event
        payload, personal = {**event.payload, **codes}, {**(event.personal or {}), **words}
        return replace(self, event=replace(event, payload=payload, personal=personal))

    def personal_json(self) -> str:
        """What the person wrote and is, as kept in the submission, and by which way it came."""
        kept = {name: value for name, value in self.personal.items() if name != "attachment_names"}
        return json.dumps({**kept, "source": self.event.payload["source"]})


def submitted_event(
    catalog: Catalog,
    reference: str,
    submission: Submission,
    correlation_id: str,
    missing: Sequence[str],
    files: Sequence[StoredFile],
    source: str = "form",
) -> Submitted:
    """The event of an accepted submission. Postgres, whose clock decides, fills in `submitted_at` and `earlier_tickets`."""
    media_types = [file.checked.media_type for file in files]
    payload = {
        **codes_of(catalog, submission.fields, submission.details, media_types),
        "source": source,
        "key_number": 1,
        "missing_evidence": list(missing),
        "attachments": [file.as_payload() for file in files],
        "earlier_tickets": [],
        "submitted_at": None,
    }
    personal = {
        **{name: submission.fields.get(name) for name in PERSONAL},
        "details": dict(submission.details),
        "attachment_names": {str(file.id): file.checked.name for file in files},
    }
    return Submitted(ticket_submitted(reference, correlation_id, payload, personal), personal)
