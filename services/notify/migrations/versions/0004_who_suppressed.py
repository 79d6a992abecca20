"""Who put an address on the suppression list."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; it is null for older suppressions."""
    op.execute("alter table notify.suppressions add column added_by uuid")
