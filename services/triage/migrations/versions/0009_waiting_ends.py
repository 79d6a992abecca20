"""What the timers look into that end a wait for the requester."""

from alembic import op

revision = "0009"
down_revision = "0008"

SCHEMA = """
drop index triage.tickets_in_wait;
create index tickets_in_wait on triage.tickets (state_since) where state in ('held', 'waiting') and missing_evidence <> '{}';
create index tickets_in_silence on triage.tickets (state_since) where state = 'waiting' and missing_evidence = '{}';
"""


def upgrade() -> None:
    """An index for waits for evidence, and one for waits for a word."""
    op.execute(SCHEMA)
