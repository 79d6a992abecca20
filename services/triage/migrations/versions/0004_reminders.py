"""When a requester was reminded of missing evidence."""

from alembic import op

revision = "0004"
down_revision = "0003"

SCHEMA = """
alter table triage.tickets add column reminded_at timestamptz;
create index tickets_to_remind on triage.tickets (state_since)
    where state in ('held', 'waiting') and reminded_at is null and missing_evidence <> '{}';
"""


def upgrade() -> None:
    """Add the column and the index that the reminder's timer looks into."""
    op.execute(SCHEMA)
