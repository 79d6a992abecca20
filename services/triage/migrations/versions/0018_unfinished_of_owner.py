"""An index of what each person owns and has not finished: every page of the console counts it."""

from alembic import op

revision = "0018"
down_revision = "0017"

INDEX = """
create index tickets_unfinished_of_owner on triage.tickets (owner)
    where owner is not null and state not in ('resolved', 'withdrawn')
"""


def upgrade() -> None:
    """Add the index."""
    op.execute(INDEX)
