"""What a list of tickets is narrowed to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

STATES = ("held", "open", "claimed", "waiting", "resolved", "withdrawn", "snoozed", "blocked")
NEWEST = 2**63 - 1
# Of a column that may be null, "nobody" must differ from "not asked for".
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Wanted:
    """The filter of a list. `owner`: an account, NOBODY for tickets without one, None for all; `before`: only tickets whose sequence is
    lower."""

    teams: Sequence[str]
    states: Sequence[str] = STATES
    category: str | None = None
    owner: UUID | None = None
    before: int = NEWEST
    limit: int = 50

    @property
    def parameters(self) -> dict[str, Any]:
        """For the statements of this package, which read one row more than `limit`: it tells that there is another page."""
        return {
            "teams": list(self.teams),
            "states": list(self.states),
            "before": self.before,
            "limit": self.limit + 1,
            **({"category": self.category} if self.category else {}),
            **({"owner": self.owner} if self.owner not in (None, NOBODY) else {}),
        }

    @property
    def more(self) -> str:
        """SQL on a row `t` of triage.tickets for category and owner, beginning with `and`; nothing where neither is asked for."""
        category = " and t.category = :category" if self.category else ""
        if self.owner is None:
            return category
        return category + (" and t.owner is null" if self.owner == NOBODY else " and t.owner = :owner")
