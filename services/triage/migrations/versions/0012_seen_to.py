"""The steps of the set-up that a person marked as done."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the table."""
    op.execute("""
        create table triage.seen_to (
            step text primary key,
            by   text not null,
            at   timestamptz not null default clock_timestamp()
        )
    """)
