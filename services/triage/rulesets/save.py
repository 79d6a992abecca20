"""Saves a new ruleset as a draft: numbered, and never changed afterwards."""

import json

from sqlalchemy import Connection, text

from services.triage.rules.lint.lint import Finding, lint
from services.triage.rulesets.author import Author
from services.triage.rulesets.saved import Ruleset, find_ruleset
from shared.conditions import Vocabulary
from shared.errors import Unprocessable

LONGEST_COMMENT = 2_000
# Any constant will do; whoever saves or activates waits for the other.
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

    Raises Unprocessable naming every error in the document, by path; warnings stop nobody.
    """
    faults = errors_of(lint(document, vocabulary))
    if len(comment) > LONGEST_COMMENT:
        faults["comment"] = [f"At most {LONGEST_COMMENT} characters."]
    if faults:
        raise Unprocessable(faults, "The ruleset was not saved.")
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


def errors_of(findings: list[Finding]) -> dict[str, list[str]]:
    """The errors among the findings, by path; the line stands before the message where it is known."""
    faults: dict[str, list[str]] = {}
    for finding in findings:
        if finding.severity == "error":
            where = f"line {finding.line}: " if finding.line else ""
            faults.setdefault(finding.path, []).append(where + finding.message)
    return faults
