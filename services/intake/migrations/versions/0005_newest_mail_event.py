"""The newest event that set a ticket's mail state is kept, so that an older one that arrives late is ignored."""

from alembic import op

revision = "intake_0005"
down_revision = "intake_0004"
branch_labels = None
depends_on = None

SCHEMA = """
alter table intake.submissions add mail_event bigint not null default 0;
comment on column intake.submissions.mail_event is
    'the newest event that set mail_state: an older one that comes late changes nothing';
"""


def upgrade() -> None:
    """Add the column."""
    op.execute(SCHEMA)
