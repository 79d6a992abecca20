"""Reads stored rulesets: lists, finds and compares them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from services.triage.rules.diff import Difference, difference
from services.triage.rules.document.write import as_yaml
from shared.errors import NotFound

# A page of documents ends here, whatever its limit: a ruleset may be 4 MiB large.
PAGE_BYTES = 4 << 20

_LIST = text("""
    select number, state, comment, created_by, created_at, activated_at, document,
           sum(octet_length(document::text)) over (order by number desc) as bytes
    from triage.rulesets where number < :before order by number desc limit :limit
""")
# Without what can be megabytes.
_SUMMARIES = text("""
    select number, state, comment, created_by, created_at, activated_at from triage.rulesets
    where number < :before order by number desc limit :limit
""")
_COLUMNS = "number, state, comment, created_by, created_at, activated_at, document, source"
_ONE = text(f"select {_COLUMNS} from triage.rulesets where number = :number")
_ACTIVE = text(f"select {_COLUMNS} from triage.rulesets where state = 'active'")
_CHANGES = text("""
    select id, at, number, action, previous, by, account, origin, comment from triage.ruleset_changes
    where id < :before order by id desc limit :limit
""")


@dataclass(frozen=True)
class Summary:
    """A numbered ruleset without its document."""

    number: int
    state: str
    comment: str
    created_by: str
    created_at: datetime
    activated_at: datetime | None


@dataclass(frozen=True)
class Ruleset(Summary):
    """A numbered ruleset. `source` is the YAML text that it was read from; None where there was none, and in a list."""

    document: dict[str, Any]
    source: str | None = None

    @property
    def text(self) -> str:
        """The ruleset as it was written, with its comments; one that came as JSON is written as YAML."""
        return self.source or as_yaml(self.document)


def list_rulesets(connection: Connection, before: int, limit: int) -> tuple[list[Ruleset], bool]:
    """The rulesets with numbers below `before`, newest first, and whether there are more behind them."""
    rows = connection.execute(_LIST, {"before": before, "limit": limit + 1}).all()
    fitting = [row for index, row in enumerate(rows) if index == 0 or row.bytes <= PAGE_BYTES][:limit]
    return [Ruleset(*row[:7]) for row in fitting], len(rows) > len(fitting)


def list_summaries(connection: Connection, before: int, limit: int) -> list[Summary]:
    """The rulesets with numbers below `before`, newest first, without their documents."""
    return [Summary(*row) for row in connection.execute(_SUMMARIES, {"before": before, "limit": limit})]


def find_ruleset(connection: Connection, number: int) -> Ruleset:
    """Raises NotFound."""
    row = connection.execute(_ONE, {"number": number}).one_or_none() if number < 2**31 else None
    if row is None:
        raise NotFound(f"There is no ruleset {number}.")
    return Ruleset(*row)


def active_ruleset(connection: Connection) -> Ruleset:
    """The ruleset that decides now."""
    return Ruleset(*connection.execute(_ACTIVE).one())


def compare(connection: Connection, number: int, against: int) -> Difference:
    """What changed from ruleset `against` to ruleset `number`. Raises NotFound."""
    return difference(find_ruleset(connection, against).document, find_ruleset(connection, number).document)


def changes(connection: Connection, before: int, limit: int) -> Sequence[dict[str, Any]]:
    """The record of changes below id `before`, newest first: who saved and activated which ruleset, from where."""
    return [dict(row._mapping) for row in connection.execute(_CHANGES, {"before": before, "limit": limit})]
