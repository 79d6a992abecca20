"""How far people went at help topics, by day, path and step."""

from alembic import op

revision = "0005"
down_revision = "0004"

SCHEMA = """
create table triage.help_counts (
    day   date not null,
    path  text not null,
    step  text not null,
    count bigint not null
);
comment on table triage.help_counts is 'appended; a timer folds the rows of one day, path and step into one';
create index help_counts_by_day on triage.help_counts (day);
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(SCHEMA)
