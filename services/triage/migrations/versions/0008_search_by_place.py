"""Search rows have team and category among their words, so that the index finds a small team's few rows among many."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add team and category to the words of every row."""
    op.execute("update triage.search set vector = vector || array_to_tsvector(array['=' || team, '#' || category])")
