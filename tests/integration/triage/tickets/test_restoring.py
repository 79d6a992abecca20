"""Every column of a ticket is put back by undo and unmerge, or named here: a new one with a time or a mark belongs to its state."""

from services.triage.bulk.snapshot import CHANGED, MOVED, OWNED
from services.triage.merging.stored import OWN
from services.triage.tickets.restoring import STATE
from tests.integration.triage.conftest import Triage

# What is known of the ticket from its submission and its messages.
KNOWN = {
    *("reference", "sequence", "category", "locale", "country", "platform", "subject", "message", "email", "name", "username"),
    *("details", "missing_evidence", "key_number", "correlation_id", "created_at", "ruleset", "facts", "decision"),
}  # fmt: skip
# It is counted on, has ended, is computed, or is the very thing that is undone.
OTHERS = {"version", "claim", "claimed_by", "lease_expires_at", "priority_rank", "merged_into", "merged_tickets"}
# A merge changes neither of them, and ends a reservation for good.
NOT_BY_A_MERGE = {"team", "priority", "answered_at", "reserved_until"}


def test_every_column_is_restored_or_named(triage: Triage) -> None:
    rows = triage.rows(
        "select column_name from information_schema.columns where table_schema = 'triage' and table_name = 'tickets'"
    )
    columns = {row.column_name for row in rows}
    assert {*MOVED, *CHANGED, *OWNED} == columns - KNOWN - OTHERS
    assert {*STATE, *OWN} == columns - KNOWN - OTHERS - NOT_BY_A_MERGE
