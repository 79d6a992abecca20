"""Which webhooks fail, and which are being called: looked at before each call."""

from alembic import op

revision = "0011"
down_revision = "0010"

SCHEMA = """
create index webhook_calls_failing on triage.webhook_calls (webhook) where state = 'queued' and failing_since is not null;
create index webhook_calls_in_hand on triage.webhook_calls (webhook) where leased_until is not null;
"""


def upgrade() -> None:
    """Add the indexes."""
    op.execute(SCHEMA)
