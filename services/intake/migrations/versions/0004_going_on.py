"""Tickets that go on from a resolved one are found by it; waiting for the store is no mail's fault."""

from alembic import op

revision = "intake_0004"
down_revision = "intake_0003"
branch_labels = None
depends_on = None

SCHEMA = """
alter table intake.inbound_mails add put_off integer not null default 0;
comment on column intake.inbound_mails.put_off is 'how often it waited for the store: such attempts are nobody''s fault';
create index submissions_that_follow on intake.submissions (follows, submitted_at) where follows is not null;
"""


def upgrade() -> None:
    """Add."""
    op.execute(SCHEMA)
