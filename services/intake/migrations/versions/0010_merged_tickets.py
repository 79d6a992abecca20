"""Tickets that the teams merged into others of the same requester."""

from alembic import op

revision = "intake_0010"
down_revision = "intake_0009"
branch_labels = None
depends_on = None

SCHEMA = """
alter table intake.submissions add merged_into text, add merge_event bigint;
comment on column intake.submissions.merged_into is 'the ticket in which the matter continues; null: in this one';
comment on column intake.submissions.merge_event is 'the newest event that merged or separated it';
create index submissions_merged on intake.submissions (merged_into) where merged_into is not null;
"""


def upgrade() -> None:
    """Add the columns."""
    op.execute(SCHEMA)
