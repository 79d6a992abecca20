"""Whether a ticket was answered, as far as intake knows. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row


@dataclass(frozen=True)
class Answered:
    """`surely`: we answered. `elsewhere`: there may be answers in our e-mails that this service does not keep."""

    surely: bool
    elsewhere: bool
    closed: bool

    @property
    def possibly(self) -> bool:
        """Whether an answer cannot be ruled out."""
        return self.surely or self.elsewhere or self.closed


def answered_of(row: Row[Any], answers: Sequence[object], kept_since: datetime | None) -> Answered:
    """Of a submission's row and its kept answers; `kept_since`: before it none were kept."""
    told = row.status == "answered"
    is_older = kept_since is not None and row.submitted_at < kept_since
    return Answered(
        surely=bool(answers) or told,
        elsewhere=(is_older and row.status not in ("received", "needs_evidence")) or (told and not answers),
        closed=row.status == "resolved",
    )
