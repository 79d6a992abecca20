"""Each team has its own working hours, and so its own time to be warned."""

from alembic import op

revision = "0013"
down_revision = "0012"

SCHEMA = """
drop index triage.tickets_to_warn;
create index tickets_to_warn on triage.tickets (team, respond_by) where state in ('open', 'claimed') and not breached and warned_at is null;
"""


def upgrade() -> None:
    """Let the index begin with the team."""
    op.execute(SCHEMA)
