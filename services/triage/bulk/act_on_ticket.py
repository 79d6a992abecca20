"""Carries out a bulk's action on one of its tickets, as the single call would."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.triage.actions.access import Actor, PartOfBulk
from services.triage.actions.action import ActionCall
from services.triage.bulk.kinds import BulkKind
from services.triage.bulk.snapshot import Snapshot, read_snapshot
from services.triage.rulesets.stored import StoredRulesets
from shared.auth.principal import Principal
from shared.errors import Conflict, Forbidden, NotFound, Unprocessable, UseCaseError

NO_SUCH_TICKET = "There is no such ticket."
ANOTHER_TEAM = "It belongs to another team."
NO_ACCOUNT = "The account that asked for it is closed."

# E-mails wait a little longer than an undo is possible: one that is asked for at the last moment must find them.
MAILS_WAIT_LONGER = "5 seconds"


@dataclass(frozen=True)
class Result:
    """What became of one ticket; `before` and `after` where an undo has something to restore."""

    status: str
    why: str | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Doing:
    """A bulk that is being carried out. `person` is None where the account was closed; `mails_after`: None for at once."""

    id: UUID
    kind: BulkKind
    values: Mapping[str, Any]
    person: Principal | None
    source: str
    mails_after: datetime | None


def act_on_ticket(connection: Connection, rulesets: StoredRulesets, bulk: Doing, reference: str) -> Result:
    """Act on the ticket. Raises what the single call raises; `result_of` makes its result then, and the caller rolls back."""
    if bulk.person is None:
        raise Forbidden(NO_ACCOUNT)
    before = read_snapshot(connection, reference, bulk.kind.line)
    if before is None:
        raise NotFound(NO_SUCH_TICKET)
    if not bulk.person.may_write(before.team):
        raise Forbidden(ANOTHER_TEAM)
    if before.is_claimed and before.holder != str(bulk.person.id):
        raise Conflict(f"{before.claimed_by} has claimed it.")
    part = PartOfBulk(bulk.id, bulk.mails_after)
    claim = before.claim if before.is_claimed else None
    actor = Actor(bulk.person, claim=claim, source=bulk.source, part_of=part)
    bulk.kind.run(ActionCall(connection, reference, actor, bulk.values, rulesets), before)
    after = read_snapshot(connection, reference, bulk.kind.line)
    if after is None or after.line == before.line:
        return Result("done")
    return Result("done", before=_restorable(before, bulk.kind), after=after.stored())


def result_of(error: UseCaseError) -> Result:
    """The result of a ticket on which the action was refused."""
    if isinstance(error, Unprocessable):
        return Result("failed", " ".join(message for messages in error.errors.values() for message in messages))
    return Result("failed" if isinstance(error, NotFound) else "skipped", error.detail)


def _restorable(before: Snapshot, kind: BulkKind) -> Mapping[str, Any]:
    """What an undo restores. The action ended the claim, which an undo does not bring back: the ticket is then open."""
    is_opened = kind.moves and before.document["state"] == "claimed"
    return before.stored(**({"state": "open"} if is_opened else {}))
