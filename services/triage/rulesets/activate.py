"""Activates a ruleset. Activating an older one rolls a change back."""

from sqlalchemy import Connection, text

from services.triage.rules.document.parse import parse_document
from services.triage.rulesets.author import Author
from services.triage.rulesets.save import LOCK, LONGEST_COMMENT
from services.triage.rulesets.saved import Ruleset, find_ruleset
from shared.audit.record import record_audit
from shared.conditions import Vocabulary
from shared.errors import Conflict, Unprocessable

_ACTIVE = text("select number from triage.rulesets where state = 'active'")
# Two statements: the unique index knows one active ruleset, and looks at each row as it is written.
_RETIRE = text("update triage.rulesets set state = 'retired' where state = 'active'")
_ACTIVATE = text("""
    update triage.rulesets set state = 'active', activated_at = clock_timestamp() where number = :number
""")
_RECORD = text("""
    insert into triage.ruleset_changes (number, action, previous, by, account, origin, comment)
    values (:number, 'activated', :previous, :by, :account, :origin, :comment)
""")


def activate_ruleset(
    connection: Connection,
    number: int,
    comment: str,
    author: Author,
    vocabulary: Vocabulary,
    expected_active: int | None = None,
) -> Ruleset:
    """Ruleset `number` decides from the end of this transaction on.

    Raises NotFound; Conflict when another than `expected_active` (if given) is active by now; Unprocessable when it no longer
    fits the catalogue or the teams.
    """
    # Before the lock: reading ten thousand rules takes longer than others wait for a lock.
    _, errors = parse_document(find_ruleset(connection, number).document, vocabulary)
    connection.execute(LOCK)
    active: int = connection.execute(_ACTIVE).scalar_one()
    if expected_active is not None and active != expected_active:
        raise Conflict(f"Ruleset {active} is active by now, not {expected_active}.")
    if len(comment) > LONGEST_COMMENT:
        raise Unprocessable({"comment": [f"At most {LONGEST_COMMENT} characters."]})
    if active == number:
        return find_ruleset(connection, number)
    if errors:
        raise Unprocessable({error.path: [error.message] for error in errors}, "This ruleset fits no longer.")
    connection.execute(_RETIRE)
    connection.execute(_ACTIVATE, {"number": number})
    connection.execute(_RECORD, {"number": number, "previous": active, "comment": comment, **_by(author)})
    numbers = {"active": active}, {"active": number}
    record_audit(connection, author.audited, "ruleset.activated", f"ruleset/{number}", *numbers)
    return find_ruleset(connection, number)


def _by(author: Author) -> dict[str, str | None]:
    return {"by": author.name, "account": author.account, "origin": author.origin}
