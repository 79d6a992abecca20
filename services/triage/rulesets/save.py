"""Saves a new ruleset as a draft: numbered, and never changed afterwards."""

import json

from sqlalchemy import Connection, text

from services.triage.rules.lint.lint import Finding, lint
from services.triage.rulesets.author import Author
from services.triage.rulesets.saved import Ruleset, find_ruleset
from shared.conditions import Vocabulary
from shared.errors import Unprocessable
from shared.validation import FieldErrors

LONGEST_COMMENT = 2_000
# Any constant will do; saving and activating exclude each other.
LOCK = text("select pg_advisory_xact_lock(4_716_552)")

_SAVE = text("""
    with saved as (
        insert into triage.rulesets (number, state, comment, created_by, document, source)
        select coalesce(max(number), 0) + 1, 'draft', :comment, :by, cast(:document as json), :source from triage.rulesets
        returning number
    )
    insert into triage.ruleset_changes (number, action, by, account, origin, comment)
    select number, 'saved', :by, :account, :origin, :comment from saved returning number
""")


def save_ruleset(
    connection: Connection,
    document: object,
    comment: str,
    author: Author,
    vocabulary: Vocabulary,
    source: str | None = None,
) -> Ruleset:
    """Keep the document under the next number, and with it the YAML text that it was read from (`source`), if any.

    Raises Unprocessable naming every error in the document, by path; warnings do not prevent saving.
    """
    errors = errors_of(lint(document, vocabulary))
    if len(comment) > LONGEST_COMMENT:
        errors["comment"] = [f"At most {LONGEST_COMMENT} characters."]
    if errors:
        raise Unprocessable(errors, "The ruleset was not saved.")
    connection.execute(LOCK)
    number: int = connection.execute(
        _SAVE,
        {
            "comment": comment,
            "by": author.name,
            "account": author.account,
            "origin": author.origin,
            "source": source,
            "document": json.dumps(document, ensure_ascii=False),
        },
    ).scalar_one()
    return find_ruleset(connection, number)


def errors_of(findings: list[Finding]) -> FieldErrors:
    """The errors among the findings, by path; the message begins with the line where it is known."""
    errors: FieldErrors = {}
    for finding in findings:
        if finding.severity == "error":
            where = f"line {finding.line}: " if finding.line else ""
            errors.setdefault(finding.path, []).append(where + finding.message)
    return errors
