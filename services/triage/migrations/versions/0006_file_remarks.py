"""What was noticed about a file when it was looked at."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column."""
    op.execute("alter table triage.attachments add column remark text")
